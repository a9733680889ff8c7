"""`python -m tests.browser.serve ADDRESS`: the site as it is served in earnest, with the start content and a publisher.

Only the pictures come in fewer sizes: encoders are slow, and test_pictures tests them.
"""

import os
import sys
from unittest.mock import patch

import django
from django.core.management import call_command

USERNAME, PASSWORD = "publisher", "only for the tests in the browser"


def add_publisher():
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import connection

    user, is_new = get_user_model().objects.get_or_create(username=USERNAME)
    if is_new:
        user.set_password(PASSWORD)
        user.save()
        user.groups.add(Group.objects.get(name="Publishers"))
    # Before the server's processes part.
    connection.close()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "iucn_ca.settings.production"
    django.setup()
    with patch.multiple("iucn_ca.images", WIDTHS=(208, 416), FORMATS=("avif",)):
        call_command("prepare")
        add_publisher()
        call_command("serve", sys.argv[1])
