"""`python -m tests.browser.filler`: a text that would run in every field of the site that the environment names."""

import os

import django


def fill():
    from tests.hostile.texts import fill_in_everywhere

    fill_in_everywhere()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "iucn_ca.settings.production"
    django.setup()
    fill()
