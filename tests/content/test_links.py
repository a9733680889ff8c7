"""Whoever follows every link and tries every filter of the start content finds a page."""

from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from tests.html import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

START = "/en/"
# Filters narrow each other: their combinations have no end. The files of selections are tested elsewhere.
MOST_FILTERS = 1


def test_every_link_leads_somewhere_and_every_anchor_exists(client):
    pages, waiting, anchors = {}, {START}, set()
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        if not answer["Content-Type"].startswith("text/html"):
            list(answer.streaming_content if answer.streaming else [])
            pages[address] = None
            continue
        pages[address] = parsed(answer.content)
        for link in pages[address].find_all("a", href=True):
            target, anchor = urldefrag(urljoin(address, link["href"]))
            parts = urlsplit(target)
            if parts.scheme or parts.query.count("=") > MOST_FILTERS or (parts.query and "." in parts.path):
                continue
            anchors.add((target, anchor))
            if target not in pages:
                waiting.add(target)
    # The 26 pages of the region, species and initiatives, the organisations, texts, views, orders, filters, files.
    assert len(pages) > 100
    for target, anchor in anchors:
        if anchor and pages[target]:
            assert pages[target].find(id=anchor), (target, anchor)


def test_every_value_of_every_filter_finds_initiatives(client):
    page = parsed(client.get("/en/initiatives/").content)
    boxes = page.select(".facet input[type=checkbox]")
    assert len(boxes) > 40
    for box in boxes:
        answer = client.get("/en/initiatives/", {box["name"]: box["value"]})
        assert answer.status_code == 200
        found = parsed(answer.content)
        assert found.select(".initiative-row"), (box["name"], box["value"])
        assert not found.select(".note")
