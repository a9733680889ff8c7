from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff. Its own model from the first migration: exchanging it later is nearly impossible."""
