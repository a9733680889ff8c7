"""The table of who may do what in the admin, walked: each of its addresses, by each role, to look and to send."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import ERROR, get_messages
from django.db import connection, transaction
from django.test import Client

from initiatives.models import InitiativePage
from iucn_ca.models import CreditedImage
from iucn_ca.staff import permission
from tests.security.admin_addresses import MATRIX, NOWHERE, OF_A_DRAFT, PUT
from tests.security.everything import addresses_of_the_admin, an_account, one_of_everything, sent_with, those_who_ask

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("office"),
    # wagtail-localize's report has no order.
    pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning"),
]

SECRET = "qorqox"
# Their addresses are those of the list of countries once more.
ALIKE = ("_ecosystem", "_threat", "_theme", ":ecosystem", ":threat", ":theme")
# What whoever is logged in may write: the settings of the own account.
OWN = {"wagtailusers_userprofile", "iucn_ca_user", "wagtailadmin_editingsession"}


@pytest.fixture(scope="module")
def the(office, django_db_blocker):
    with django_db_blocker.unblock():
        return one_of_everything(SECRET.title())


@pytest.fixture(scope="module")
def askers(the, django_db_blocker):
    with django_db_blocker.unblock():
        return {role: Asker(user) for role, user in those_who_ask().items()}


class Asker:
    def __init__(self, user):
        self.user = user
        self.client = Client(raise_request_exception=False)
        if user:
            self.client.force_login(user)
        self.cookies = self.client.cookies.copy()

    def ask(self, method, name, address, the):
        """What is answered, and which tables were written to; none of it stays."""
        self.client.cookies = self.cookies.copy()
        headers = {"X-Requested-With": "XMLHttpRequest"} if "_multiple" in name and "chosen" not in name else {}
        sent = sent_with(name, the) if method == "post" else None
        with transaction.atomic(), tables_written() as written:
            answer = getattr(self.client, method)(address, sent, headers=headers)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            refused = is_refused(answer)
            transaction.set_rollback(True)
        words = f"{text.decode(errors='replace')} {answer.headers}".lower()
        return SimpleNamespace(status=answer.status_code, refused=refused, words=words, written=written)


@contextmanager
def tables_written():
    written = set()

    def note(execute, sql, *arguments):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and '"django_session"' not in sql:
            written.add(sql.split('"')[1])
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        yield written


def is_refused(answer):
    """The admin sends to the login, or to its first page with a sentence; its scripts are told by number."""
    if answer.status_code == 302 and answer["Location"] == "/admin/":
        return any(message.level == ERROR for message in get_messages(answer.wsgi_request))
    return answer.status_code in (401, 403) or answer.get("Location", "").startswith("/admin/login/?next=")


def test_every_address_of_the_admin_stands_in_the_table(the):
    found = addresses_of_the_admin(the, the.published)
    assert len(found) > 300
    assert set(found) == MATRIX.keys() | NOWHERE.keys()


def walk(askers, the, page, table, roles, methods=("get", "post")):
    """Every address of the table by these roles."""
    addresses = addresses_of_the_admin(the, page)
    faults = []
    for method in methods:
        for name, (look, send) in table.items():
            allowed = look if method == "get" else send
            for role in roles(allowed):
                asked = "put" if name in PUT else method
                answer = askers[role].ask(asked, name, addresses[name], the)
                if fault := fault_of(answer, name, method, role in allowed):
                    faults.append(f"{role} {asked} {name}: {fault} ({answer.status})")
    assert not faults, "\n".join(faults)


def fault_of(answer, name, method, is_allowed):
    if answer.status >= 500:
        return "fails"
    if answer.status == 405:
        return None
    if name.startswith("bulk:") and method == "post" and not answer.refused:
        # It leaves out what may not be touched, and says that it did nothing.
        return None if bool(answer.written) == is_allowed else "does another thing than it should"
    if is_allowed:
        return "is refused" if answer.refused or answer.status == 404 else None
    if not answer.refused and answer.status != 404:
        return "is not refused"
    return f"writes to {answer.written}" if answer.written else None


LADDER = ["visitor", "Editor", "Publisher", "administrator"]


OF_PAGES = {name: who for name, who in MATRIX.items() if name.startswith(("wagtailadmin_pages:", "bulk:page:"))}


def lowest(allowed):
    """Those who may not, and the first who may: that it is nobody's for lack of an object is seen by the latter."""
    return [role for place, role in enumerate(LADDER) if role not in allowed or LADDER[place - 1] not in allowed]


def without_lists(table):
    return {name: who for name, who in table.items() if not any(part in name for part in ALIKE)}


def test_what_is_published_is_handled_by_those_whom_the_table_names(askers, the):
    walk(askers, the, the.published, without_lists(MATRIX), lowest)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(OF_A_DRAFT, id="where it differs"),
        pytest.param(OF_PAGES | OF_A_DRAFT, id="everywhere", marks=pytest.mark.full),
    ],
)
def test_a_draft_is_handled_by_those_whom_the_table_names(askers, the, table):
    walk(askers, the, the.draft, table, lowest)


def test_an_account_without_a_group_comes_no_further_than_the_login(askers, the):
    walk(askers, the, the.published, without_lists(MATRIX), lambda allowed: ["account"], ["get"])


@pytest.mark.full
def test_the_whole_table_holds_for_everyone(askers, the):
    walk(askers, the, the.published, MATRIX, lambda allowed: [*LADDER, "account"])


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_leads_nowhere_does_so_for_the_administrator_too(askers, the, method):
    addresses = addresses_of_the_admin(the, the.published)
    for name in NOWHERE:
        for role in ("visitor", "Editor", "administrator"):
            answer = askers[role].ask(method, name, addresses[name], the)
            assert answer.refused or answer.status in (404, 405), (role, name, answer.status)


# Somebody with rights on one page


def test_who_may_write_one_page_learns_nothing_of_a_draft_elsewhere_and_changes_nothing(askers, the):
    author, addresses = askers["author of one page"], addresses_of_the_admin(the, the.draft)
    for name in without_lists(MATRIX):
        for method in ("get", "post"):
            answer = author.ask(method, name, addresses[name], the)
            assert answer.status < 500, (method, name)
            assert SECRET not in answer.words, (method, name)
            assert answer.written <= OWN, (method, name)


def test_who_may_write_one_page_does_not_come_below_a_draft_elsewhere(askers, the):
    for address in (f"/admin/choose-page/{the.draft.pk}/", f"/admin/pages/{the.draft.pk}/"):
        answer = askers["author of one page"].ask("get", "chooser", address, the)
        assert answer.status == 302, address
        assert SECRET not in answer.words, address


def test_who_has_no_right_on_any_page_chooses_among_public_ones(askers, the):
    group = Group.objects.create(name="Photographers")
    group.permissions.add(permission("wagtailadmin.access_admin"))
    photographer, addresses = Asker(an_account("photographer", group)), addresses_of_the_admin(the, the.draft)
    chooser = photographer.ask("get", "chooser", addresses["wagtailadmin_choose_page_child"], the)
    assert "glacier" in chooser.words
    assert SECRET not in chooser.words
    for name in ("bulk:page:delete", "wagtailadmin_pages:move_confirm"):
        assert photographer.ask("get", name, addresses[name], the).refused, name


@pytest.mark.parametrize("spelled", ["+{}", "%20{}", "%2B{}", "000{}", "0000000000000000000000{}"])
def test_another_way_to_write_a_number_opens_nothing(askers, the, spelled):
    """The views read them as numbers all the same."""
    for name, record, role in (
        ("/admin/bulk/iucn_ca/creditedimage/delete/", the.picture, "Editor"),
        ("/admin/bulk/wagtaildocs/document/delete/", the.document, "Editor"),
        ("/admin/bulk/wagtailcore/page/delete/", the.draft, "author of one page"),
    ):
        address = f"{name}?id={spelled.format(record.pk)}"
        for method in ("get", "post"):
            answer = askers[role].ask(method, name, address, the)
            assert answer.refused, address
            assert not answer.written
    address = f"/admin/choose-page/chosen-multiple/?id={spelled.format(the.draft.pk)}"
    assert SECRET not in askers["author of one page"].ask("get", "chosen", address, the).words


@pytest.mark.parametrize("chosen", ["?id=all", "?id=all&childOf={index}", "?id={draft}&id={own}"])
@pytest.mark.parametrize("action", ["delete", "move", "publish", "unpublish"])
def test_a_bulk_action_on_all_pages_names_none_that_is_not_seen(askers, the, action, chosen):
    chosen = chosen.format(index=the.index.pk, draft=the.draft.pk, own=the.own.pk)
    name = f"/admin/bulk/wagtailcore/page/{action}/{chosen}"
    for method in ("get", "post"):
        answer = askers["author of one page"].ask(method, name, name, the)
        assert answer.refused
        assert not answer.written


def test_a_bulk_action_on_all_of_a_list_is_for_who_sees_the_list(askers, the):
    """Though there is a branch, in another language, that a Publisher does not see."""
    address = f"/admin/bulk/wagtailcore/page/unpublish/?id=all&childOf={the.index.pk}"
    answer = askers["Publisher"].ask("post", "unpublish", address, the)
    assert not answer.refused
    assert "wagtailcore_page" in answer.written


def test_who_may_write_one_page_does_so(askers, the):
    """The other half of the tests above: somebody who may do nothing at all would pass them too."""
    author, addresses = askers["author of one page"], addresses_of_the_admin(the, the.own)
    for name in ("edit", "preview_on_edit", "view_draft", "history", "copy", "usage", "revisions_compare"):
        answer = author.ask("get", name, addresses[f"wagtailadmin_pages:{name}"], the)
        assert answer.status == 200, name
    for name in ("wagtailadmin_choose_page_child", "wagtailadmin_choose_page_chosen_multiple", "bulk:page:delete"):
        assert "glacier" in author.ask("get", name, addresses[name], the).words, name


def test_what_the_others_do_not_find_is_there_for_an_editor(askers, the):
    addresses = addresses_of_the_admin(the, the.draft)
    for name in (
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_chosen_multiple",
        "wagtailadmin_pages:search_results",
        "wagtailadmin_pages:move_confirm",
        "wagtailadmin_api:pages:listing",
        "wagtailadmin_api:images:listing",
        "wagtailadmin_api:documents:listing",
        "wagtailimages_chooser:chosen_multiple",
        "wagtaildocs_chooser:chosen_multiple",
        "bulk:page:delete",
    ):
        assert SECRET in askers["Editor"].ask("get", name, addresses[name], the).words, name


# Deleting pictures and documents


@pytest.mark.parametrize("kind", ["picture", "document"])
@pytest.mark.parametrize("way", ["delete", "delete_multiple", "bulk"])
def test_an_editor_deletes_an_own_file_that_is_in_no_use_and_no_other(askers, the, kind, way):
    file, editor = getattr(the, kind), askers["Editor"]
    space = "wagtailimages" if kind == "picture" else "wagtaildocs"
    name = f"bulk:{file._meta.model_name}:delete" if way == "bulk" else f"{space}:{way}"
    address = addresses_of_the_admin(the, the.published)[name]

    def deletes():
        return file._meta.db_table in editor.ask("post", name, address, the).written

    assert not deletes(), "another's"
    file.uploaded_by_user = editor.user
    file.save()
    assert deletes(), "an own one"
    show(file)
    assert not deletes(), "one that a page shows"


def show(file):
    """On a page, by whatever it has for this kind of file."""
    page = InitiativePage.objects.get(slug="saxaul")
    if isinstance(file, CreditedImage):
        page.picture, page.picture_is_decorative = file, True
    else:
        page.documents.create(document=file)
    page.save()
