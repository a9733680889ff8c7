import json
import logging
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from pythonjsonlogger.json import JsonFormatter

from tests.security.signing_in import PASSWORD


@pytest.fixture
def nothing_counted_before():
    """The limit of codes is kept in the cache, which no rolled back transaction empties."""
    cache.clear()


@pytest.fixture
def staff():
    group = Group.objects.create(name="Staff")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    name = {"first_name": "Gulnora", "last_name": "Karimova-Yusupova"}
    user = get_user_model().objects.create_user("gulnora", "gulnora@example.org", PASSWORD, **name)
    user.groups.add(group)
    return user


@pytest.fixture
def https(settings):
    """That it follows from SITE_URL is shown by the served site below."""
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def audit():
    """Call it for the lines that were written since, each read as JSON."""
    handler = next(h for h in logging.getLogger("audit").handlers if isinstance(h.formatter, JsonFormatter))
    stream = handler.setStream(StringIO())
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    handler.setStream(stream)
