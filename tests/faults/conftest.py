import signal

import pytest

from tests.faults.sites import Places


@pytest.fixture(scope="module")
def places(tmp_path_factory, django_db_setup, django_db_blocker):
    places, usual = Places(tmp_path_factory.mktemp("places")), signal.getsignal(signal.SIGTERM)
    with django_db_blocker.unblock():
        yield places
        places.remove()
    signal.signal(signal.SIGTERM, usual)
