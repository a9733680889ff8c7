import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page, Revision, Site, TaskState, Workflow, WorkflowState
from wagtail_localize.models import Translation

from initiatives.models import InitiativeIndexPage, InitiativePage, Theme
from iucn_ca.models import CreditedImage, OfficeSettings
from regions.models import Country, Ecosystem, Threat
from tests.factories import a_picture, english
from tests.hostile.visitors import Visitor


@pytest.fixture(scope="module")
def full_office(office, django_db_blocker):
    """The small office with one of everything else that the admin has addresses for; its module takes it all back."""
    with django_db_blocker.unblock():
        a_picture()
        get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF-1.4", name="plan.pdf"))
        Redirect.objects.create(old_path="/en/old", redirect_link="/en/")
        OfficeSettings.objects.create(site=Site.objects.get(), email="office@example.org")
        home = Page.objects.get(depth=2)
        Collection.get_first_root_node().add_child(instance=Collection(name="Maps"))
        page = InitiativePage.objects.get(slug="saxaul")
        page.title = "Saxaul, submitted"
        page.save_revision()
        administrator = get_user_model().objects.create_superuser("administrator", "", "words that nobody guesses")
        home.get_workflow().start(page, administrator)
        yield {"administrator": administrator}


@pytest.fixture(scope="module")
def staff(full_office, django_db_blocker):
    """An administrator, an Editor and a Publisher, logged in."""
    with django_db_blocker.unblock():
        visitors = [Visitor(full_office["administrator"])]
        for name in ("Editors", "Publishers"):
            user = get_user_model().objects.create_user(name, password="words that nobody guesses")
            user.groups.add(Group.objects.get(name=name))
            visitors.append(Visitor(user))
        return visitors


@pytest.fixture(scope="module")
def ids(staff, django_db_blocker):
    """What the records are numbered by that stand behind a word of an address."""
    models = {
        "revision": Revision,
        "task_state": TaskState,
        "workflow_state": WorkflowState,
        "workflow": Workflow,
        "image": CreditedImage,
        "doc": get_document_model(),
        "redirect": Redirect,
        "collection": Collection,
        "translation": Translation,
        "country/": Country,
        "ecosystem": Ecosystem,
        "threat": Threat,
        "theme": Theme,
        "officesettings": OfficeSettings,
        "users": get_user_model(),
        "groups": Group,
        "sites": Site,
        "locales": type(english()),
        "page": Page,
    }
    with django_db_blocker.unblock():
        found = {word: list(model.objects.values_list("pk", flat=True)[:30]) for word, model in models.items()}
        found["initiative_index"] = InitiativeIndexPage.objects.values_list("pk", flat=True)
    return {word: [str(pk) for pk in pks] for word, pks in found.items() if pks}
