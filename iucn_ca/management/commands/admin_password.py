import secrets

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

# No letters that look alike on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Give the user `admin` a new random password, printed once; make the account if there is none."

    def handle(self, **options):
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))
        admin, _ = get_user_model().objects.get_or_create(username="admin")
        admin.is_active = admin.is_staff = admin.is_superuser = True
        admin.set_password(password)
        admin.save()
        self.stdout.write(f"Log in at /admin/ as admin with the password {password} (shown this once).")
