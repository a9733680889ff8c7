import time

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from iucn_ca import seeding


class Command(BaseCommand):
    help = "Put the start content on an empty site. On a site with content this does nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--reset",
            action="store_true",
            help="rebuild a demo site: delete every page, picture and list entry first, after asking",
        )
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="reset without asking")

    def handle(self, *, reset, interactive, **options):
        if not reset and not seeding.is_empty():
            self.stdout.write("Start content: the site has content, nothing is changed.")
            return
        if reset and interactive and not confirmed():
            raise CommandError("Nothing was changed.")
        self.stdout.write("Start content: making the pages and pictures (under a minute) ...")
        self.stdout.flush()
        started = time.monotonic()
        with transaction.atomic():
            if reset:
                seeding.clear()
            made = seeding.fill()
        pictures = made.pop(seeding.CreditedImage)
        pages = sum(number for model, number in made.items() if issubclass(model, seeding.Page))
        self.stdout.write(
            f"Start content: {pages} pages and {pictures} pictures in {time.monotonic() - started:.0f} s."
        )


def confirmed():
    try:
        answer = input("This deletes every page, picture and list entry of the site. Type yes to go on: ")
    except EOFError:
        return False
    return answer.strip() == "yes"
