"""The start content is made once for all of this folder; what a module changes of it is rolled back at its end."""

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.seeded import seed


@pytest.fixture(scope="package")
def start_content(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        seed()
        yield
        transaction.set_rollback(True)
        cache.clear()


@pytest.fixture(scope="module")
def seeded(start_content, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
        cache.clear()
