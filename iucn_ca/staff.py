"""The two groups of the office's staff, what they may do, and the way from a draft to a published page."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    PagePermissionTester,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.permissions import page_permission_policy

WRITE = ["wagtailcore.add_page", "wagtailcore.change_page"]
PUBLISH = ["wagtailcore.publish_page", "wagtailcore.lock_page", "wagtailcore.unlock_page"]
FILES = [
    f"{app}.{action}_{model}"
    for app, model in [("wagtailimages", "image"), ("wagtaildocs", "document")]
    for action in ["add", "change", "choose"]
]
OFFICE = [f"iucn_ca.{action}_officesettings" for action in ("add", "change", "publish")]
LISTS = ["regions.{}_country", "regions.{}_ecosystem", "regions.{}_threat", "initiatives.{}_theme"]


def words(action):
    return [name.format(action) for name in LISTS]


def set_up_groups(home):
    """Editors write below the home page and submit; Publishers also publish. Nobody else's rights change."""
    # Wagtail installs groups and a workflow of its own, with rights on the whole tree.
    Workflow.objects.filter(name="Moderators approval").delete()
    GroupApprovalTask.objects.filter(name="Moderators approval").delete()
    Group.objects.filter(name="Moderators", user=None).delete()

    enter = ["wagtailadmin.access_admin"]
    give("Editors", home, pages=WRITE, site=[*enter, *words("view")])
    publishers = give(
        "Publishers",
        home,
        pages=[*WRITE, *PUBLISH],
        site=[*enter, *(right for action in ("view", "add", "change", "publish") for right in words(action)), *OFFICE],
    )

    workflow, _ = Workflow.objects.get_or_create(name="Publishers approve")
    task, _ = GroupApprovalTask.objects.get_or_create(name="Approval by a Publisher")
    task.groups.set([publishers])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})


def give(name, home, *, pages, site):
    """A group with exactly these rights: on the pages from the home page down, on files, and on the whole site."""
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.set(map(permission, site))
    group.page_permissions.all().delete()
    group.collection_permissions.all().delete()
    files = Collection.get_first_root_node()
    for right in map(permission, pages):
        GroupPagePermission.objects.create(group=group, page=home, permission=right)
    for right in map(permission, FILES):
        GroupCollectionPermission.objects.create(group=group, collection=files, permission=right)
    return group


def permission(name):
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def editable(model, parent_context):
    """The pages of this type that this member of staff may change."""
    mine = page_permission_policy.instances_user_has_permission_for(parent_context["request"].user, "change")
    # Asked of each page that fits otherwise: a list of all that somebody may change would be made for every question.
    return model.objects.filter(Exists(mine.filter(pk=OuterRef("pk"))))


def not_empty(lists, most):
    """Of lists that the dashboard shows, those with pages: (heading, the first so many, the number of all)."""
    for heading, found in lists:
        if first := list(found[:most]):
            yield heading, first, found.count() if len(first) == most else len(first)


class MayDo(PagePermissionTester):
    """What somebody may do with a page."""

    def can_delete(self, ignore_bulk=False):
        # As Wagtail has it; for each row of a list it would ask the database whether this page itself is public.
        if self.page.live and self.user.is_active and not (self.user.is_superuser or "publish" in self.permissions):
            return False
        return super().can_delete(ignore_bulk)
