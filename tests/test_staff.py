"""Editors and Publishers: what each may do, and the way from the one to the other."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Page, Workflow

from iucn_ca import seeding
from iucn_ca.models import HomePage, StandardPage
from iucn_ca.staff import set_up_groups
from tests.seeded import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    words = {"title": "Central Asia", "summary": "Words.", "statement": "Steppe."}
    home = seeding.StartContent().make_home(HomePage, "home", words)
    set_up_groups(home)
    return home


def member_of(group):
    user = get_user_model().objects.create_user(group.lower(), password="a pass phrase of staff")
    user.groups.add(Group.objects.get(name=group))
    return get_user_model().objects.get(pk=user.pk)


SEEING = {
    "wagtailadmin.access_admin",
    "regions.view_country",
    "regions.view_ecosystem",
    "regions.view_threat",
    "initiatives.view_theme",
}
CHANGING = {
    "regions.add_country",
    "regions.change_country",
    "regions.add_ecosystem",
    "regions.change_ecosystem",
    "regions.add_threat",
    "regions.change_threat",
    "initiatives.add_theme",
    "initiatives.change_theme",
    "regions.publish_country",
    "regions.publish_ecosystem",
    "regions.publish_threat",
    "initiatives.publish_theme",
    "iucn_ca.add_officesettings",
    "iucn_ca.change_officesettings",
    "iucn_ca.publish_officesettings",
}


@pytest.mark.parametrize(("group", "rights"), [("Editors", SEEING), ("Publishers", SEEING | CHANGING)])
def test_a_group_has_the_rights_of_its_work_and_no_more(home, group, rights):
    user = member_of(group)
    assert user.get_all_permissions() == rights
    assert not user.is_staff
    assert not user.is_superuser


def test_editors_write_and_submit_but_do_not_publish(home):
    page = home.permissions_for_user(member_of("Editors"))
    assert page.can_add_subpage()
    assert page.can_edit()
    assert page.can_submit_for_moderation()
    for denied in (page.can_publish, page.can_unpublish, page.can_lock, page.can_delete, page.can_move):
        assert not denied(), denied.__name__


def test_publishers_publish_unpublish_and_lock_but_do_not_delete_the_site(home):
    about = home.add_child(instance=StandardPage(title="About", slug="about", summary="Words."))
    publisher = member_of("Publishers")
    page = about.permissions_for_user(publisher)
    for allowed in (page.can_edit, page.can_publish, page.can_unpublish, page.can_lock, page.can_delete):
        assert allowed(), allowed.__name__
    assert not home.permissions_for_user(publisher).can_delete()


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_whoever_has_left_may_do_nothing(home, group):
    member = member_of(group)
    member.is_active = False
    page = home.permissions_for_user(member)
    for denied in (page.can_edit, page.can_delete, page.can_publish, page.can_unpublish):
        assert not denied(), denied.__name__


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_nobody_but_the_administrator_works_outside_the_home_page(home, group):
    root = Page.get_first_root_node().permissions_for_user(member_of(group))
    assert not root.can_add_subpage()
    assert not root.can_edit()


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/", 200),
        ("/admin/images/", 200),
        ("/admin/images/add/", 200),
        ("/admin/images/chooser/", 200),
        ("/admin/documents/", 200),
        ("/admin/documents/chooser/", 200),
        ("/admin/users/", 302),
        ("/admin/groups/", 302),
        ("/admin/sites/", 302),
        ("/admin/redirects/", 302),
        ("/admin/collections/", 302),
        ("/admin/workflows/list/", 302),
        ("/admin/locales/", 302),
    ],
)
def test_what_staff_can_open(client, home, group, path, status):
    client.force_login(member_of(group))
    assert client.get(path).status_code == status


def test_only_publishers_change_lists_and_the_footer(client, home):
    for group, status in [("Editors", 302), ("Publishers", 200)]:
        client.force_login(member_of(group))
        for path in ("/admin/snippets/regions/country/add/", "/admin/snippets/iucn_ca/officesettings/"):
            assert client.get(path).status_code == status, (group, path)


def test_what_editors_submit_publishers_approve(home):
    about = home.add_child(instance=StandardPage(title="About", slug="about", summary="Words."))
    workflow = about.get_workflow()
    assert workflow.name == "Publishers approve"
    [task] = [task.specific for task in workflow.tasks]
    assert [group.name for group in task.groups.all()] == ["Publishers"]
    assert Workflow.objects.count() == GroupApprovalTask.objects.count() == 1
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Editors", "Publishers"]


def test_groups_set_up_twice_are_the_same(home):
    before = everything()[0]
    set_up_groups(home)
    assert everything()[0] == before
