import secrets

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from iucn_ca.audit import record

# No letters that look alike on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Give the user `admin` a new random password, printed once; make the account if there is none."

    def add_arguments(self, parser):
        parser.add_argument("--lost-phone", action="store_true", help="remove the second factor too")

    def handle(self, *, lost_phone, **options):
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))
        admin, _ = get_user_model().objects.get_or_create(username="admin")
        admin.is_active = admin.is_staff = admin.is_superuser = True
        admin.set_password(password)
        admin.save()
        record("password_set_on_the_server", of=admin.username)
        if lost_phone:
            Authenticator.objects.filter(user=admin).delete()
            record("second_factor_removed", of=admin.username)
        self.stdout.write(f"Log in at /admin/ as admin with the password {password} (shown this once).")
