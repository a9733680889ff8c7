"""The small office is set up once for all of this folder; what a module changes of it is rolled back at its end."""

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.factories import a_small_office


@pytest.fixture(scope="package")
def whole_office(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        a_small_office()
        yield
        transaction.set_rollback(True)
        cache.clear()


@pytest.fixture(scope="module")
def office(whole_office, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        yield
        transaction.set_rollback(True)
        cache.clear()
