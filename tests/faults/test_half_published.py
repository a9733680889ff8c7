"""An initiative is published while its process is killed: visitors see all of the old one or all of the new one."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest

from tests.faults.away import Visitors, a_publication, ask, eventually, on_postgresql, workers

pytestmark = [pytest.mark.django_db, on_postgresql]
SAXAUL, DIRECTORY = "/en/initiatives/saxaul/", "/en/initiatives/"
PAGE = """
    SELECT page.title, initiative.summary, initiative.budget_amount::int, page.draft_title, page.live,
           page.has_unpublished_changes, page.live_revision_id = page.latest_revision_id, latest.content,
           (SELECT count(*) FROM wagtailcore_revision WHERE object_id = page.id::text),
           (SELECT count(*) FROM wagtailcore_pagelogentry WHERE page_id = page.id AND action = 'wagtail.publish'),
           (SELECT count(*) FROM initiatives_changenote WHERE page_id = page.id)
    FROM wagtailcore_page page JOIN initiatives_initiativepage initiative ON initiative.page_ptr_id = page.id
    JOIN wagtailcore_revision latest ON latest.id = page.latest_revision_id WHERE page.slug = 'saxaul'
"""


def a_version(number):
    return {"title": f"Saxaul{number}", "summary": f"Summary{number}", "budget_amount": str(1000 + number)}


def version_of(site):
    """The number of the one that the public sees, by all that is kept of it."""
    [(title, summary, budget, draft_title, *state, content, revisions, entries, notes)] = site.rows(PAGE)
    number = int(title.removeprefix("Saxaul"))
    version = a_version(number)
    assert {"title": title, "summary": summary, "budget_amount": str(budget)} == version
    assert {name: str(content[name]).removesuffix(".00") for name in version} == version
    assert (draft_title, *state) == (title, True, False, True)
    site.firsts = site.firsts or [count - number for count in (revisions, entries, notes)]
    assert [count - number for count in (revisions, entries, notes)] == site.firsts
    for path, words in [(SAXAUL, version["summary"]), (SAXAUL, title), (DIRECTORY, title)]:
        assert words in ask(site, path).text, path
    for other in (number - 1, number, number + 1):
        found = SAXAUL in ask(site, f"/en/search/?q=saxaul{other}").text
        assert found == (other == number), other
    return number


def publish(site, staff, number):
    """The seconds that it takes, or None if the answer was cut off."""
    publication = a_publication(site, staff, "saxaul", change_note="The donor said so.", **a_version(number))
    began = time.monotonic()
    answer = staff.post(**publication, timeout=60)
    assert "has been published" in answer.text
    return time.monotonic() - began


def killed_while_publishing(site, staff, moments, processes):
    """At random moments of a publication."""
    seed = int(time.time())
    chance = random.Random(seed)
    site.firsts = None
    publish(site, staff, 0)
    usual = median(publish(site, staff, number) for number in (1, 2, 3))
    seen, number = Counter(), version_of(site)
    slowest = 0
    for _ in range(moments):
        moment = chance.uniform(0, 1.2 * usual)
        publication = a_publication(site, staff, "saxaul", change_note="The donor said so.", **a_version(number + 1))
        with Visitors(site, [SAXAUL, DIRECTORY]), ThreadPoolExecutor() as editor:
            sent = editor.submit(staff.post, **publication, timeout=60)
            time.sleep(moment)
            for process in processes(site):
                os.kill(process, signal.SIGKILL)
            is_cut = sent.exception() is not None
            seconds = eventually(lambda: len(workers(site)) == 2 and ask(site, "/-/ready").status == 200)
        now = version_of(site)
        assert now in (number, number + 1)
        assert is_cut or now == number + 1
        seen["cut off" if is_cut else "answered", "new" if now > number else "old"] += 1
        number, slowest = now, max(slowest, seconds)
    print(f"{moments} moments of {usual:.2f} s (seed {seed}): {seen}; back after {slowest:.1f} s at most")


def test_a_worker_killed_while_it_publishes_has_published_all_or_nothing(site, staff):
    killed_while_publishing(site, staff, 3, workers)


@pytest.mark.full
def test_at_twenty_random_moments(site, staff):
    killed_while_publishing(site, staff, 20, workers)
