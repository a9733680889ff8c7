"""While a new version is put on one machine after the other, the older one serves on the same database: a migration
adds, and what nobody uses any longer goes with a later version. See docs/operations.md, “A new version”."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

APPS = ["iucn_ca", "regions", "species", "initiatives"]
# What was there before there was a site that stayed up.
BEFORE = {"iucn_ca": 3, "regions": 3, "species": 2, "initiatives": 4}
ADDITIVE = (
    migrations.AddIndex,
    migrations.AlterModelManagers,
    migrations.AlterModelOptions,
    migrations.CreateModel,
    migrations.RemoveConstraint,
    migrations.RemoveIndex,
    migrations.RunPython,
)


def may_be_left_out(field):
    """Whether a version that does not know the column can add a row."""
    return field.many_to_many or field.null or field.has_db_default()


def is_additive(operation, state):
    if isinstance(operation, migrations.AddField):
        return may_be_left_out(operation.field) and not operation.field.unique
    if isinstance(operation, migrations.AlterField):
        old, new = field_before(operation, state), operation.field
        is_stricter = (old.null and not new.null) or (new.unique and not old.unique)
        is_another = column(old) != column(new) or (old.has_db_default() and not new.has_db_default())
        return not (is_stricter or is_another)
    return isinstance(operation, ADDITIVE)


def field_before(operation, state):
    [model] = [model for (_, name), model in state.models.items() if name == operation.model_name_lower]
    return model.get_field(operation.name)


def column(field):
    """What makes it another column: length and digits of a number, the table that it leads to."""
    _, path, _, arguments = field.deconstruct()
    return path, [arguments.get(name) for name in ("max_length", "max_digits", "decimal_places", "to", "db_column")]


def not_additive(migration, state):
    """Its operations that the older version would not survive."""
    found = []
    for operation in migration.operations:
        if not is_additive(operation, state):
            found.append(operation.describe())
        operation.state_forwards(migration.app_label, state)
    return found


@pytest.mark.django_db  # which wagtail-localize asks something as its migrations are loaded
def test_new_migrations_add_or_the_changelog_says_that_all_machines_are_stopped():
    loader = MigrationLoader(None)
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    for (app, name), migration in loader.disk_migrations.items():
        if app in APPS and int(name[:4]) > BEFORE[app]:
            found = not_additive(migration, loader.project_state((app, name), at_end=False))
            is_announced = re.search(rf"Stop all machines.*`{app}\.{name}`", changelog)
            assert not found or is_announced, f"{app}.{name} is not additive: {found}"


TREE = ModelState(
    "regions",
    "tree",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=50)),
        ("latin", models.CharField(max_length=50, null=True)),
    ],
)


@pytest.mark.parametrize(
    ("operation", "adds"),
    [
        (migrations.CreateModel("Bush", [("id", models.BigAutoField(primary_key=True))]), True),
        (migrations.AddField("tree", "height", models.IntegerField(null=True)), True),
        (migrations.AddField("tree", "height", models.IntegerField(db_default=0)), True),
        (migrations.AddIndex("tree", models.Index(fields=["name"], name="by_name")), True),
        (migrations.AlterField("tree", "name", models.CharField("Name", max_length=50, blank=True)), True),
        (migrations.AlterField("tree", "name", models.CharField(max_length=50, null=True)), True),
        # Django takes the default out of the database again: the older version's rows lack it.
        (migrations.AddField("tree", "height", models.IntegerField(default=0)), False),
        (migrations.AddField("tree", "code", models.CharField(max_length=9, null=True, unique=True)), False),
        (migrations.AlterField("tree", "latin", models.CharField(max_length=50, default="")), False),
        (migrations.AlterField("tree", "name", models.CharField(max_length=50, unique=True)), False),
        (migrations.AlterField("tree", "name", models.CharField(max_length=20)), False),
        (migrations.AlterField("tree", "name", models.IntegerField()), False),
        (migrations.RemoveField("tree", "name"), False),
        (migrations.RenameField("tree", "name", "title"), False),
        (migrations.RenameModel("Tree", "Plant"), False),
        (migrations.DeleteModel("Tree"), False),
        (migrations.AlterModelTable("tree", "plants"), False),
        (migrations.AlterUniqueTogether("tree", {("name", "latin")}), False),
        (migrations.RunSQL("DROP TABLE regions_tree"), False),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else None,
)
def test_what_the_older_version_would_not_survive_is_seen(operation, adds):
    state = ProjectState({("regions", "tree"): TREE.clone()})
    migration = migrations.Migration("0099_next", "regions")
    migration.operations = [operation]
    assert (not_additive(migration, state) == []) == adds


@pytest.mark.parametrize("part", [["contenttypes"], ["wagtailcore", "0020"]])
def test_an_empty_database_can_be_migrated_in_parts(tmp_path, part):
    database = {"DJANGO_SETTINGS_MODULE": "iucn_ca.settings.test", "TEST_DATABASE_URL": f"sqlite:///{tmp_path}/empty"}
    command = [sys.executable, "manage.py", "migrate", *part]
    done = subprocess.run(command, env=os.environ | database, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
