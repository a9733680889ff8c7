import pytest
from tests.test_exports_access import with_hidden_records, private, InitiativePage, Client
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]
def test_zz():
    with_hidden_records(private)
    for again in (0,1):
        for w in ("qorqox","qarqax","qirqix"):
            print(again, w, "Saxaul" in Client().get(f"/en/search/?q={w}").content.decode(), "1 of 2" in Client().get(f"/en/initiatives/?q={w}").content.decode())
        InitiativePage.objects.get(slug="saxaul").save()
