"""What visitors and staff see of the real site while its PostgreSQL is stopped, hangs, is full or can only be read."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults.away import Visitors, a_publication, ask, eventually, is_branded, on_postgresql
from tests.machines.conftest import Browser

pytestmark = [pytest.mark.django_db, on_postgresql]
KEPT = ["/en/", "/en/initiatives/", "/en/initiatives/saxaul/", "/en/species/saiga/", "/en/about/", "/sitemap.xml"]
# What nobody keeps: forms, staff, downloads, documents, what is not found, other languages, searches.
ASKED_ANEW = [
    "/admin/login/",
    "/en/initiatives/initiatives.csv",
    "/documents/1/plan.pdf",
    "/en/nothing/",
    "/ru/",
    "/.well-known/security.txt",
]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
LONGEST_ANSWER = 25  # seconds: the twelve of iucn_ca/wsgi.py on a machine that is busy with other tests
LONGEST_RECOVERY = 40  # seconds, there too


def searches():
    """Each time another."""
    return f"/en/search/?q={random.random()}"


def keep(site):
    for path in KEPT:
        assert ask(site, path).status == 200, path


def goes_on(database, site, staff, fault, seconds):
    """What holds during any fault, and how soon all is well after it."""
    keep(site)
    session = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
    with fault(), Visitors(site, [*KEPT, *KEPT, *KEPT, *ASKED_ANEW[:4]]) as visitors:
        time.sleep(seconds)
        assert ask(site, "/-/live").status == 200
        ready = ask(site, "/-/ready")
        assert (ready.status, ready.text) == (503, "not ready\n")
        for path in [*ASKED_ANEW, searches()]:
            refused(ask(site, path))
        for path in ("/admin/", "/admin/pages/", "/en/about/"):
            refused(ask(site, path, Cookie=session))
        token = {"X-CSRFToken": staff.cookies["csrftoken"]}
        sent = ask(site, "/admin/logout/", "POST", "", Cookie=session, **token)
        refused(sent)
        assert "look in a minute whether what you sent was saved" in sent.text
    kept = [answer for answer in visitors.answers if answer.path in KEPT]
    others = [answer for answer in visitors.answers if answer.path not in KEPT]
    slowest = max(answer.seconds for answer in kept)
    print(f"{fault.__name__}: {len(kept)} kept pages asked, {visitors.counted}, slowest {slowest:.1f} s")
    assert [answer for answer in kept if answer.status != 200] == []
    for answer in others:
        refused(answer)
    print(f"recovered after {recovers(site):.1f} s")


def refused(answer):
    assert answer.status == 503, answer
    assert is_branded(answer), answer
    assert answer.headers["Retry-After"] == "60"
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert answer.seconds < LONGEST_ANSWER, answer


def recovers(site):
    """The seconds until every worker answers whatever is asked."""
    return eventually(
        lambda: {ask(site, path).status for path in ["/-/ready", searches(), "/admin/login/"] * 6} == {200},
        LONGEST_RECOVERY,
    )


def test_while_the_database_is_stopped_kept_pages_go_on_and_all_else_says_so(database, site, staff):
    goes_on(database, site, staff, database.stopped, 3)


def test_while_it_hangs_too(database, site, staff):
    goes_on(database, site, staff, database.hung, 3)


def test_while_others_have_all_its_connections_too(database, site, staff):
    goes_on(database, site, staff, database.full, 3)


@pytest.mark.full
def test_of_a_minute_without_it_visitors_of_kept_pages_see_nothing(database, site, staff):
    goes_on(database, site, staff, database.stopped, 60)
    goes_on(database, site, staff, database.hung, 60)


def test_a_restart_costs_no_visitor_a_kept_page(database, site):
    keep(site)
    with Visitors(site, KEPT) as visitors:
        with database.stopped():
            pass
        print(f"recovered after {recovers(site):.1f} s")
    assert set(visitors.counted) == {200}


def test_a_database_that_can_only_be_read_is_read_and_who_saves_is_told(database, site, staff):
    publication = a_publication(site, staff, "about", title="Renamed")
    with database.read_only():
        assert ask(site, "/-/ready").status == 200
        for path in (searches(), "/en/privacy/", "/en/organisations/iucn/", "/admin/login/"):
            assert ask(site, path).status == 200, path
        refusal = staff.post(**publication, timeout=60)
        assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "60")
        assert "nothing can be changed. What you sent was not saved." in refusal.text
        assert staff.ask(site, "/admin/").status_code == 200
        refusal = Browser().log_in(site, site.password)
        assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "60")
        assert "nothing can be changed. What you sent was not saved." in refusal.text
    assert site.rows("SELECT title, draft_title FROM wagtailcore_page WHERE slug = 'about'") == [("About", "About")]
    recovers(site)
    assert "has been published" in staff.post(**publication, timeout=60).text


def test_a_database_without_its_tables_is_none_to_be_ready_with(database, site):
    database.ask("ALTER TABLE wagtailcore_site RENAME TO elsewhere")
    answer = ask(site, "/-/ready")
    database.ask("ALTER TABLE elsewhere RENAME TO wagtailcore_site")
    assert (answer.status, answer.text) == (503, "not ready\n")
    assert ask(site, "/-/ready").status == 200


@pytest.mark.full
def test_a_question_on_which_it_hangs_is_given_up(database, site):
    """The server itself ends it after ten seconds, if it does anything; a lock after three."""
    keep(site)
    with psycopg.connect(database.url) as holder, ThreadPoolExecutor() as visitors:
        holder.execute("LOCK TABLE wagtailcore_page")
        under_way = [visitors.submit(ask, site, searches()) for _ in range(8)]
        eventually(lambda: holder.execute(WAITING).fetchone()[0] >= 3)
        with database.hung():
            for answer in under_way:
                refused(answer.result())
            assert {ask(site, path).status for path in KEPT} == {200}
    recovers(site)
