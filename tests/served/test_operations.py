"""What docs/operations.md says about backup and restore, done word by word on two folders with all that git has."""

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.postgresql import free_port
from tests.serving import EMPTY, Visitor, a_var, serving

ROOT = Path(settings.BASE_DIR)
SECTION = (ROOT / "docs/operations.md").read_text().partition("## Backup and restore\n")[2].partition("\n## ")[0]
BACKUP, RESTORE, DRILL, WITHOUT = re.split(r"^### .*$", SECTION, flags=re.MULTILINE)


def fenced(text, language="sh"):
    return [line for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def machine(folder):
    """A folder with all that git has, and the packages in its var/."""
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")[:-1]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    a_var(folder / "var")
    return folder


def run(line, folder, **options):
    done = subprocess.run(line, shell=True, cwd=folder, env=EMPTY, capture_output=True, text=True, **options)
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


@pytest.mark.full
def test_backup_drill_and_restore_go_as_they_are_written(first_start, tmp_path):
    old, new = machine(tmp_path / "old"), machine(tmp_path / "new")
    shutil.copytree(first_start.var, old / "var", dirs_exist_ok=True)

    for line in fenced(BACKUP):
        assert "read back and whole" in run(line, old)
    [nightly] = [line for line in fenced(BACKUP, "cron") if "make" in line]
    run(re.sub(r"^(\S+ ){5}", "", nightly).replace("/srv/site", str(old)), old)
    assert len(list((old / "var/backups").iterdir())) == 2

    shutil.copytree(old / "var/backups", new / "var/backups")
    restore, start, replace = fenced(RESTORE)
    assert "Restored" in run(restore, new)
    port = str(free_port())
    with serving(["sh", "-c", start], cwd=new, env={**EMPTY, "PORT": port}) as site:
        assert "Start content: the site has content" in site.output
        visitor = Visitor(f"http://127.0.0.1:{port}")
        assert visitor.get("/")[:2] == (200, "/en/")
        assert "/en/species/saiga/" in visitor.get("/en/search/?q=saiga")[2]
        assert visitor.log_in("admin", first_start.password)[:2] == (200, "/admin/")
        site.stop(signal.SIGTERM)
    assert "Restored" in run(replace, new, input="yes\n")

    seal, written, manifest, rows = [run(line, new) for line in fenced(WITHOUT)]
    assert seal.split()[0] == written.strip() and len(written.strip()) == 64
    assert '"migrations"' in manifest and '"Saiga' in rows
    assert not fenced(DRILL)


def test_the_containers_commands_are_those_of_the_image():
    compose, image = (ROOT / "compose.yaml").read_text(), (ROOT / "Dockerfile").read_text()
    lines = re.findall(r"docker compose .*", SECTION)
    assert [re.search(r"manage.py (\w+)", line)[1] for line in lines if "manage.py" in line] == ["backup", "restore"]
    for folder in set(re.findall(r"(/var/\S+)/site-DATE", SECTION)):
        assert f":{folder}\n" in compose and folder in image
