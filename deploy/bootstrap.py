"""From a bare clone to a running site; called through deploy/python.sh.

    bootstrap.py install NAME ...   the packages of requirements/NAME.txt in a virtual environment under var/
    bootstrap.py run                that, then the site on http://127.0.0.1:PORT/
    bootstrap.py restore ARCHIVE    that of an archive instead of the start content; see docs/operations.md

Standard library only: nothing is installed yet when this starts.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
VENV = VAR / "venv"


def install(*names):
    """Install what is pinned, no more and no less; when the pins are those of the last time, do nothing."""
    for name in names:
        pins = ROOT / "requirements" / f"{name}.txt"
        stamp = VENV / f"{name}.stamp"
        if stamp.is_file() and stamp.read_text() == mark(pins):
            continue
        started = time.monotonic()
        make_environment()
        say(f"Installing the packages of requirements/{name}.txt ...")
        pip = [VENV / "bin/python", "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--require-hashes", "--requirement", pins]).returncode:
            sys.exit("The packages could not be installed; pip says why above.")
        stamp.write_text(mark(pins))
        say(f"Packages of requirements/{name}.txt: {time.monotonic() - started:.0f} s, downloads included.")


def mark(pins):
    """The pins and the interpreter: a system upgrade that replaces it leaves the environment without packages."""
    return f"{hashlib.sha256(pins.read_bytes()).hexdigest()} {(VENV / 'bin/python').resolve()}\n"


def make_environment():
    python = VENV / "bin/python"
    if python.exists() and not subprocess.run([python, "-c", "import pip"], stderr=subprocess.DEVNULL).returncode:
        return
    if not (find_spec("venv") and find_spec("ensurepip")):
        sys.exit(f"{sys.executable} comes without `venv`; on Debian: apt-get install python3-venv.")
    say(f"Making a virtual environment in {VENV} ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True, stdout=sys.stderr)


def free_port():
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is no port number.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT=8001")
    return port


def write_env(port):
    """Keep the secret of the first start; let the address follow each start, so that other commands know it.

    One behind https is a server's own, and no start's.
    """
    path = VAR / "env"
    lines = path.read_text().splitlines() if path.exists() else ["# Written by `make run`; the environment goes first."]
    if not any(line.startswith("SECRET_KEY=") for line in lines):
        lines.append(f"SECRET_KEY={secrets.token_urlsafe(50)}")
    if os.environ.get("SITE_URL") or not any(line.startswith("SITE_URL=https://") for line in lines):
        lines = [line for line in lines if not line.startswith("SITE_URL=")]
        lines.append(f"SITE_URL={os.environ.get('SITE_URL') or f'http://127.0.0.1:{port}'}")
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")


def run():
    port = free_port()
    install("runtime")
    write_env(port)
    manage("serve", f"127.0.0.1:{port}")


def restore(*arguments):
    install("runtime")
    write_env(os.environ.get("PORT") or "8000")
    manage("restore", *arguments)


def manage(*arguments):
    # The database holds accounts: no other user of the machine reads it.
    os.umask(0o027)
    os.chdir(ROOT)
    python = VENV / "bin/python"
    os.execv(python, [python, "manage.py", *arguments])


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    # A request to stop ends pip too, which would otherwise go on alone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        {"install": install, "run": run, "restore": restore}[sys.argv[1]](*sys.argv[2:])
    except OSError as error:
        sys.exit(f"The disk cannot be used: {error}")
    except subprocess.CalledProcessError:
        sys.exit(f"No virtual environment could be made in {VENV}; see above.")
    except KeyboardInterrupt:
        sys.exit(130)
