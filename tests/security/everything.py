"""One of everything that the admin has an address for, so that each of its addresses can be asked for."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    UploadedFile,
    Workflow,
)
from wagtail_localize.models import OverridableSegment, StringSegment, Translation, TranslationSource

from initiatives.models import InitiativeIndexPage, InitiativePage, Participation, Theme
from initiatives.organisations import OrganisationPage
from iucn_ca.models import CreditedImage, OfficeSettings
from iucn_ca.staff import WRITE, permission
from regions.models import Country, Ecosystem, Threat
from tests.factories import a_picture, draft, english

SNIPPETS = {
    f"{model._meta.app_label}_{model._meta.model_name}": model
    for model in (Country, Ecosystem, Threat, Theme, OfficeSettings)
}


def an_account(name, group=None, **rights):
    user = get_user_model().objects.create_user(name, password="words that nobody guesses", **rights)
    if group:
        user.groups.add(group)
    return user


def a_draft(title, user):
    page = InitiativePage(
        title=title, slug=title.lower(), summary=f"{title} in a summary.", start_year=2025, end_year=2028
    )
    page.participations = [Participation(organisation=OrganisationPage.objects.get(slug="iucn"), role="lead")]
    page.body = [("text", f"<p>{title} in the text.</p>")]
    page = draft(InitiativeIndexPage.objects.get(), page)
    page.title = f"{title} again"
    page.save_revision(user=user)
    return page


def those_who_ask():
    """One of each role; the last of them may write one page of the tree and nothing else."""
    one_page = Group.objects.create(name="Authors of one page")
    one_page.permissions.add(permission("wagtailadmin.access_admin"))
    for right in map(permission, WRITE):
        GroupPagePermission.objects.create(
            group=one_page, page=Page.objects.get(slug="glacier-watch"), permission=right
        )
    return {
        "visitor": None,
        "account": an_account("nobody"),
        "Editor": an_account("editor", Group.objects.get(name="Editors")),
        "Publisher": an_account("publisher", Group.objects.get(name="Publishers")),
        "administrator": an_account("admin", is_superuser=True),
        "author of one page": an_account("author", one_page),
    }


def an_unused(model):
    """An entry that no page has: one that is in use cannot be deleted."""
    if model is OfficeSettings:
        return model.objects.create(site=Site.objects.get(), email="office@example.org")
    fields = {"code": "NN"} if model is Country else {}
    return model.objects.create(name="Nowhere", slug="nowhere", locale=english(), **fields)


def one_of_everything(title):
    """What the office has, with a draft of an Editor's that has this title."""
    writer = an_account("writer", Group.objects.get(name="Editors"))
    the = SimpleNamespace(title=title, writer=writer)
    the.published, the.draft = InitiativePage.objects.get(slug="saxaul"), a_draft(title, writer)
    the.index, the.own = the.published.get_parent(), InitiativePage.objects.get(slug="glacier-watch")
    the.published.save_revision(user=writer)

    the.alias = the.published.create_alias(update_slug="saxaul-too")

    the.submitted = a_draft(f"{title}submitted", writer)
    the.workflow_state = the.submitted.get_workflow().start(the.submitted, writer)

    the.scheduled = a_draft(f"{title}scheduled", writer)
    the.scheduled.go_live_at = timezone.now() + timedelta(days=1)
    the.scheduled.save_revision().publish()

    the.snippets = {}
    for name, model in SNIPPETS.items():
        record = an_unused(model)
        record.save_revision(user=writer)
        record.save_revision(user=writer)
        the.snippets[name] = record

    the.picture = a_picture(f"{title} picture", uploaded_by_user=writer)
    the.document = get_document_model().objects.create(
        title=f"{title} document", file=ContentFile(b"%PDF-1.4", name="plan.pdf"), uploaded_by_user=writer
    )
    the.uploaded_picture, the.uploaded_document = (
        UploadedFile.objects.create(
            file=ContentFile(b"x", name="x.webp"),
            uploaded_by_user=writer,
            for_content_type=ContentType.objects.get_for_model(model),
        )
        for model in (CreditedImage, get_document_model())
    )
    the.collection = Collection.get_first_root_node().add_child(name="Old pictures")
    the.locale = Locale.objects.create(language_code="ru")
    the.workflow, the.task = Workflow.objects.get(), GroupApprovalTask.objects.get()
    the.redirect = Redirect.objects.create(old_path="/en/old", redirect_link="/en/")
    the.session = EditingSession.objects.create(user=writer, content_object=the.draft, last_seen_at=timezone.now())
    source, _ = TranslationSource.update_or_create_from_instance(the.draft)
    the.source = source
    the.translation = Translation.objects.create(source=source, target_locale=the.locale)
    the.translation.save_target()
    the.string = StringSegment.objects.filter(source=source).first()
    the.override = OverridableSegment.objects.filter(source=source).first()
    return the


def patterns_of_the_admin(patterns=None, names=(), arguments=()):
    """The name of every address of the admin, with the names of its arguments; without a name, its text."""
    if patterns is None:
        patterns = [entry for entry in get_resolver().url_patterns if str(entry.pattern).startswith("admin/")]
    for entry in patterns:
        taken = (*arguments, *(getattr(entry.pattern, "converters", None) or entry.pattern.regex.groupindex))
        if isinstance(entry, URLPattern):
            yield ":".join([*names, entry.name or f"/{entry.pattern}"]), taken
        else:
            yield from patterns_of_the_admin(
                entry.url_patterns, (*names, entry.namespace) if entry.namespace else names, taken
            )


def addresses_of_the_admin(the, page):
    """Every address of the admin by its name, filled with what there is; `page` stands where a page is asked for."""
    found = {}
    for name, arguments in patterns_of_the_admin():
        if name == "wagtail_bulk_action":
            found |= bulk_actions(the, page)
        elif name in UNNAMED:
            found[name] = UNNAMED[name]
        elif name == "wagtailadmin_pages:revisions_compare":
            found[name] = reverse(name, args=[page.pk, "earliest", "latest"])
        else:
            values = values_for(name, the, page)
            key = f"{name}_{arguments[-1]}" if name in found and arguments else name
            found[key] = reverse(name, kwargs={argument: values[argument] for argument in arguments})
            found[key] += query_for(name, the, page)
    return found


def query_for(name, the, page):
    """What makes an address show as much as it can."""
    if name.endswith(("search", "results", "autocomplete", ":choose")):
        # Not the whole word: what was asked for stands in the answer too.
        return f"?q={the.title[:-1]}&term={the.title[:-1]}"
    if name.endswith(("chosen_multiple", ":find")):
        record = the.picture if "image" in name else the.document if "doc" in name else page
        record = next((found for key, found in the.snippets.items() if key in name), record)
        return f"?id={record.pk}"
    return ""


def sent_with(name, the):
    """What is sent to an address: an empty form, except to bulk actions, which do something only with theirs."""
    return {
        "bulk:page:move": {"chooser": the.index.pk},
        "bulk:user:assign_role": {"role": Group.objects.get(name="Publishers").pk},
        "bulk:user:set_active_state": {"mark_as_active": False},
        "bulk:creditedimage:add_tags": {"tags": "river"},
        "bulk:document:add_tags": {"tags": "river"},
        "bulk:creditedimage:add_to_collection": {"collection": the.collection.pk},
        "bulk:document:add_to_collection": {"collection": the.collection.pk},
    }.get(name, {})


# Addresses without a name.
UNNAMED = {"/test404/": "/admin/test404/", "/^.*/$": "/admin/no/such/address/"}


def bulk_actions(the, page):
    bulk_action_registry._scan_for_bulk_actions()
    records = {
        "page": page,
        "image": the.picture,
        "creditedimage": the.picture,
        "document": the.document,
        "user": the.writer,
        **{record._meta.model_name: record for record in the.snippets.values()},
    }
    return {
        f"bulk:{model}:{action}": reverse("wagtail_bulk_action", args=[app, model, action]) + f"?id={records[model].pk}"
        for app, models in bulk_action_registry.actions.items()
        for model, actions in models.items()
        for action in actions
    }


def values_for(name, the, page):
    """What the arguments of the address with this name are filled with."""
    revision = page.revisions.order_by("pk").first()
    values = {
        "page_id": page.pk,
        "page_pk": page.pk,
        "page_to_move_id": page.pk,
        "destination_id": the.index.pk,
        "parent_page_id": page.get_parent().pk,
        "revision_id": revision.pk,
        "content_type_app_name": "initiatives",
        "content_type_model_name": "initiativepage",
        "app_name": "taggit",
        "app_label": "initiatives",
        "model_name": "initiativepage",
        "object_id": page.pk,
        "session_id": the.session.pk,
        "action_name": "approve",
        "task_state_id": the.workflow_state.current_task_state.pk,
        "task_id": the.task.pk,
        "workflow_pk": the.workflow.pk,
        "workflow_state_id": the.workflow_state.pk,
        "collection_id": the.collection.pk,
        "redirect_id": the.redirect.pk,
        "document_id": the.document.pk,
        "doc_id": the.document.pk,
        "image_id": the.picture.pk,
        "filter_spec": "original",
        "translation_source_id": the.source.pk,
        "translation_id": the.translation.pk,
        "string_segment_id": the.string.pk,
        "overridable_segment_id": the.override.pk,
        "mode": "default",
        "uploaded_file_id": the.uploaded_picture.pk if "image" in name else the.uploaded_document.pk,
        "uidb64": "MQ",
        "token": "a-token",
        "pk": page.pk,
    }
    space, _, last = name.rpartition(":")
    for snippet, record in the.snippets.items():
        if space.endswith(snippet):
            values |= {"pk": record.pk, "revision_id": record.revisions.order_by("pk").first().pk}
            values |= {"revision_id_a": "earliest", "revision_id_b": "latest"}
    if name.endswith(("snippet_translation", "snippets_api_listing", "snippets_api_detail")):
        country = the.snippets["regions_country"]
        values |= {"app_label": "regions", "model_name": "country", "pk": country.pk}
    if "workflow" in last and space == "wagtailadmin_pages":
        values |= {"page_id": the.submitted.pk}
    if last == "revisions_unschedule" and space == "wagtailadmin_pages":
        values |= {"page_id": the.scheduled.pk, "revision_id": the.scheduled.latest_revision_id}
    if last == "convert_alias":
        values |= {"page_id": the.alias.pk}
    if name == "wagtailadmin_workflows:add_task":
        values |= {"app_label": "wagtailcore", "model_name": "groupapprovaltask"}
    if name == "wagtailadmin_api:pages:action":
        values |= {"action_name": "copy"}
    if name.startswith("wagtailadmin_explore"):
        values |= {"parent_page_id": page.pk}
    return (
        values
        | {"pk": OF_ITS_OWN.get(space, lambda the: values["pk"])(the)}
        | ({"pk": the.task.pk} if last.endswith("_task") else {})
    )


OF_ITS_OWN = {
    "wagtailadmin_api:documents": lambda the: the.document.pk,
    "wagtailadmin_api:images": lambda the: the.picture.pk,
    "wagtailadmin_collections": lambda the: the.collection.pk,
    "wagtailadmin_workflows": lambda the: the.workflow.pk,
    "wagtaillocales": lambda the: the.locale.pk,
    "wagtailsites": lambda the: Site.objects.get().pk,
    "wagtailusers_users": lambda the: the.writer.pk,
    "wagtailusers_groups": lambda the: Group.objects.get(name="Editors").pk,
    "wagtaildocs_chooser": lambda the: the.document.pk,
    "wagtailimages_chooser": lambda the: the.picture.pk,
}
