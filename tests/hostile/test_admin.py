"""No address of the admin, query string or body of a member of staff ends in a server error."""

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import strategies as st
from wagtail.models import Page

from tests.forms import Form
from tests.hostile.strategies import FORM, bodies, encoded, routes, staff_paths, staff_queries, values
from tests.hostile.visitors import numbers_of, try_out

pytestmark = [
    pytest.mark.django_db,
    # A list of wagtail-localize has no order; elsewhere in the tests such a warning is an error.
    pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results"),
]

ROUTES = sorted(set(routes()))
# What once was a server error: method, address, body. `{root}` is the root of all pages, `{page}` one of them.
ONCE_AN_ERROR = [
    ("GET", "/admin/failwhale/", ""),
    ("GET", "/admin/snippets/choose/regions/country/chosen/NaN/", ""),
    ("GET", "/admin/images/chooser/chosen/%5C/", ""),
    ("GET", "/admin/pages/{root}/set_position/", ""),
    ("POST", "/admin/pages/{root}/move/{root}/confirm/", ""),
    ("POST", "/admin/pages/{root}/lock/", ""),
    ("POST", "/admin/pages/{root}/set_position/", ""),
    ("POST", "/admin/pages/{page}/copy/", ""),
    ("POST", "/admin/pages/{page}/copy/", "new_parent_page=%FF"),
    ("POST", "/admin/pages/{page}/move/", "new_parent_page=x"),
    ("POST", "/admin/sites/new/", "root_page=%2C"),
    ("POST", "/admin/snippets/iucn_ca/officesettings/add/", ""),
    ("POST", "/admin/snippets/iucn_ca/officesettings/add/", "links-count=javascript:alert(1)&texts-count=0"),
    ("POST", "/admin/snippets/choose/iucn_ca/officesettings/create/", ""),
    ("POST", "/admin/choose-external-link/", ""),
    ("POST", "/admin/redirects/import/process/", ""),
    (
        "POST",
        "/admin/workflows/add/",
        "workflow_tasks-TOTAL_FORMS=1&workflow_tasks-INITIAL_FORMS=1&workflow_tasks-0-id=x",
    ),
]


@pytest.mark.parametrize(("method", "path", "body"), ONCE_AN_ERROR)
def test_a_request_that_once_ended_in_an_error_is_refused(staff, ids, method, path, body):
    path = path.format(root=Page.objects.get(depth=1).pk, page=ids["page"][-1])
    assert staff[0].ask(path, "", method, body.encode(), CONTENT_TYPE=FORM).status_code in (400, 404, 405)


@pytest.mark.parametrize("next_address", ["*", ":*&|!", "x"])
def test_a_next_address_that_is_none_leads_to_the_first_page(staff, next_address):
    answer = staff[0].ask("/admin/login/", encoded([("next", next_address)]))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_pages_answers_for_the_root_of_them_all(staff, method):
    root = str(Page.objects.get(depth=1).pk)
    paths = {"/" + re.sub(r"<int:\w+>", root, route) for route in ROUTES if re.search(r"page\w*>", route)}
    paths = [path for path in paths if "<" not in path]
    assert len(paths) > 30
    for path in paths:
        staff[0].ask(path, "", method, b"", CONTENT_TYPE=FORM)


@pytest.mark.parametrize("number", numbers_of("staff"))
def test_every_address_of_the_admin_answers_whatever_is_asked(staff, ids, number):
    def case(data):
        # Administrators come furthest.
        visitor = data.draw(st.sampled_from([staff[0], staff[0], *staff]))
        path = data.draw(st.sampled_from(ROUTES).flatmap(lambda route: staff_paths(route, ids)))
        query = data.draw(staff_queries | st.just(""))
        environ = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"} if data.draw(st.booleans()) else {}
        if data.draw(st.booleans()):
            visitor.ask(path, query, **environ)
        else:
            kind, body = data.draw(bodies)
            visitor.ask(path, query, "POST", body, CONTENT_TYPE=kind, **environ)

    try_out(number, case)


# Forms of the admin as a browser would send them, by what they belong to; `{}` is a record.
FORMS = {
    "/admin/pages/{}/edit/": "page",
    "/admin/pages/{}/copy/": "page",
    "/admin/pages/{}/move/": "page",
    "/admin/pages/add/initiatives/initiativepage/{}/": "initiative_index",
    "/admin/snippets/regions/country/edit/{}/": "country/",
    "/admin/snippets/iucn_ca/officesettings/edit/{}/": "officesettings",
    "/admin/images/{}/": "image",
    "/admin/documents/edit/{}/": "doc",
    "/admin/redirects/{}/": "redirect",
    "/admin/collections/{}/": "collection",
    "/admin/users/edit/{}/": "users",
    "/admin/groups/edit/{}/": "groups",
    "/admin/sites/edit/{}/": "sites",
    "/admin/locales/edit/{}/": "locales",
    "/admin/workflows/edit/{}/": "workflow",
    "/admin/account/": "page",
}


@pytest.mark.parametrize("number", numbers_of("forms"))
def test_a_form_answers_whatever_stands_in_its_fields(staff, ids, number):
    @cache
    def filled_in(path):
        """What a browser would send, or nothing where there is no such form."""
        answer = staff[0].get(path, follow=True)
        form = (
            answer.status_code == 200 and "<main" in answer.text and "<form" in answer.text and Form(staff[0], answer)
        )
        return form and [(name, text) for name, given in form.values.items() for text in in_a_list(given)]

    def case(data):
        path = data.draw(st.sampled_from(list(FORMS)))
        path = path.format(data.draw(st.sampled_from(ids[FORMS[path]])))
        sent = dict(enumerate(filled_in(path) or [("title", "Steppe")]))
        # One field or several with something else in it, missing, or there twice.
        for place in data.draw(st.lists(st.sampled_from(list(sent)), min_size=1, max_size=4)):
            name = sent[place][0]
            sent[place] = data.draw(st.none() | values.map(lambda text, name=name: (name, text)))
            if sent[place] is None:
                sent[place] = (f"{name}-", "")
        body = encoded([*sent.values(), *data.draw(st.sampled_from(BUTTONS))]).encode()
        staff[0].ask(path + data.draw(st.sampled_from(["", "", "preview/"])), "", "POST", body, CONTENT_TYPE=FORM)

    try_out(number, case)


@pytest.fixture(scope="module")
def filled_in_pages(staff, django_db_blocker):
    """What a browser would send to publish a page, one of each type, by the address of its form."""
    with django_db_blocker.unblock():
        first = {page.content_type_id: page.pk for page in Page.objects.filter(depth__gt=1).order_by("-pk")}
        forms = [Form.open(staff[0], f"/admin/pages/{number}/edit/") for number in first.values()]
    return {form.answer.request["PATH_INFO"]: form.values | {"action-publish": "action-publish"} for form in forms}


# A page without sources is sent with one.
ROWS = [("participations-0-id", {}), ("participations-TOTAL_FORMS", {}), ("sources-0-id", {"sources-TOTAL_FORMS": "1"})]
MANGLED = [None, "x", "9" * 30, ""]


def mangled_rows():
    for (field, with_it), value in product(ROWS, MANGLED):
        # The form comes back with the two thousand rows that Django allows at most, which takes half a minute.
        long = [pytest.mark.full] if field.endswith("TOTAL_FORMS") and value == "9" * 30 else []
        yield pytest.param(field, with_it, value, marks=long)


@pytest.mark.parametrize(("field", "with_it", "value"), list(mangled_rows()))
def test_a_row_whose_number_is_mangled_or_missing_is_refused(staff, filled_in_pages, field, with_it, value):
    """Publishing asks the rows for what is missing before the page's own fields are read."""
    assert len(filled_in_pages) > 8
    rows = field.partition("-")[0]
    with_rows = {address: form for address, form in filled_in_pages.items() if f"{rows}-TOTAL_FORMS" in form}
    assert with_rows
    for address, form in with_rows.items():
        sent = form | with_it | {field: value}
        pairs = [(name, text) for name, given in sent.items() for text in in_a_list(given) if text is not None]
        staff[0].ask(address, "", "POST", encoded(pairs).encode(), CONTENT_TYPE=FORM)


BUTTONS = [[], [("action-publish", "action-publish")], [("action-submit", "action-submit")], [("action-x", "x")]]


def in_a_list(given):
    return given if isinstance(given, list) else [given]
