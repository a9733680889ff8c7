"""Look for known holes in the packages of requirements/runtime.txt; called by make."""

import re
import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, say

UNREACHABLE = "NOT AUDITED: the database of holes ({why}) cannot be reached from here. Run it where there is a network."


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


if __name__ == "__main__":
    audit()
