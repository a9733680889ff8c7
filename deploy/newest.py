"""The packages that pyproject.toml names, without the versions that it asks for: `make next` installs the newest."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())
for package in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
    print(re.match(r"[\w.-]+(\[[\w,-]+\])?", package)[0])
