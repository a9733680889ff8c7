"""What the packages bring with them; called by make.

    packages.py audit            known holes in the packages of requirements/runtime.txt
    packages.py next [TEST ...]  the tests on the newest packages that the index has, in an environment of their own

The pins and the site's environment stay as they are.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from bootstrap import ROOT, VAR, say

UNREACHABLE = "NOT AUDITED: the database of holes ({why}) cannot be reached from here. Run it where there is a network."
# Pages, admin, lists, permissions, routing: what an upgrade of Wagtail or Django breaks first.
QUICK = ["tests/test_site.py", "tests/test_empty_site.py", "tests/test_staff.py", "tests/office"]


def audit():
    """pip-audit calls a package “not found” too when a mirror has no such database, and is content with it."""
    program = Path(sys.executable).with_name("pip-audit")
    pins = ["--requirement", ROOT / "requirements/runtime.txt", "--require-hashes", "--disable-pip"]
    done = subprocess.run([program, *pins, "--progress-spinner", "off"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if found := re.search(
        r"(ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|ServiceError|\d{3} Client)", said
    ):
        sys.exit(UNREACHABLE.format(why=found[1]))
    if skipped := re.findall(r"^(\S+) +Dependency not found", said, re.MULTILINE):
        say(said)
        sys.exit(UNREACHABLE.format(why=f"it knew nothing of {len(skipped)} packages"))
    say(said)
    sys.exit(done.returncode)


def newest():
    """The names in pyproject.toml, without the versions that hold Django and Wagtail on their long-term lines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return [re.match(r"[\w.-]+(\[[\w,]+\])?", name)[0] for name in names]


def run_next(*tests):
    python = VAR / "next/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VAR / "next"], check=True)
    pip = [python, "-m", "pip", "--no-input", "--disable-pip-version-check", "--quiet"]
    if subprocess.run([*pip, "install", "--upgrade", "--upgrade-strategy", "eager", *newest()]).returncode:
        sys.exit("The packages could not be installed; pip says why above.")
    versions = (
        "import django, wagtail; print(f'Wagtail {wagtail.__version__} on Django {django.__version__}', flush=True)"
    )
    subprocess.run([python, "-c", versions], check=True)
    # Warnings of what the next versions take away are what this is for.
    command = [python, "-W", "default::DeprecationWarning", "-m", "pytest", "-q", *(tests or QUICK)]
    sys.exit(subprocess.run(command, cwd=ROOT).returncode)


if __name__ == "__main__":
    {"audit": audit, "next": run_next}[sys.argv[1]](*sys.argv[2:])
