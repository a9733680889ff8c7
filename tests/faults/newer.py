"""A newer version of the site, as far as its database goes: one migration of the regions more."""

import shutil
import sys
from contextlib import contextmanager
from importlib import import_module, invalidate_caches

from django.conf import settings
from django.test import override_settings

LAST = "0003_drafts_of_lists"
MIGRATION = f"""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("regions", "{LAST}")]
    operations = [
        migrations.AddField("hotspotpage", "of_the_newer", models.IntegerField(db_default=7)),
        migrations.AddField("hotspotpage", "another_of_the_newer", models.TextField(null=True)),
    ]
"""


@contextmanager
def version(folder):
    """What runs in it is the newer version; around it there is the present one."""
    package = folder / "newer_regions"
    if not package.exists():
        shutil.copytree(settings.BASE_DIR / "regions/migrations", package, ignore=shutil.ignore_patterns("__pycache__"))
        (package / "0004_newer.py").write_text(MIGRATION)
    sys.path.insert(0, str(folder))
    invalidate_caches()
    import_module("newer_regions")
    try:
        with override_settings(MIGRATION_MODULES={"regions": "newer_regions"}):
            yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "newer_regions"]:
            del sys.modules[name]
