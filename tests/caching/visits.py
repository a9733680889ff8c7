"""What is asked of the page cache, and what changes what the public sees."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from initiatives.models import InitiativePage, Theme
from iucn_ca.models import HomePage, OfficeSettings
from tests.factories import a_picture

HOME, SAXAUL, DIRECTORY = "/en/", "/en/initiatives/saxaul/", "/en/initiatives/"
SECRET = "qorqoxword"


def queries_of(client, path):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    return len(captured), answer


def is_kept(client, path):
    """Whether a second visitor's request asks nothing of the database."""
    client.get(path)
    return queries_of(Client(), path)[0] == 0


def a_publication():
    page = InitiativePage.objects.get(slug="saxaul")
    page.title = "Saxaul forest"
    page.save_revision().publish()


def an_unpublication():
    InitiativePage.objects.get(slug="saxaul").unpublish()


def a_move():
    Page.objects.get(slug="about").move(HomePage.objects.get(slug="home"), pos="first-child")


def a_deletion():
    InitiativePage.objects.get(slug="saxaul").delete()


def a_restriction():
    page = Page.objects.get(slug="saxaul")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def a_word_of_a_list():
    theme = Theme.objects.first()
    theme.name = "Soil"
    theme.save()


def a_word_taken_down():
    Theme.objects.first().unpublish()


def a_setting():
    OfficeSettings.objects.create(site=Site.objects.get())


def a_redirect():
    Redirect.objects.create(old_path="/en/old", redirect_link="/en/")


def a_picture_s_credit():
    a_picture("Dunes", credit="A. Name").save()
