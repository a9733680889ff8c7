"""`python -m tests.browser.publisher`: an account for the tests, on the site that the environment names."""

import os

import django

USERNAME, PASSWORD = "publisher", "only for the tests in the browser"


def add():
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    user = get_user_model().objects.create_user(USERNAME, password=PASSWORD)
    user.groups.add(Group.objects.get(name="Publishers"))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "iucn_ca.settings.production"
    django.setup()
    add()
