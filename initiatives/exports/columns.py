"""The public columns, said once: the table and every export consist of them, `docs/donors.md` explains them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from initiatives.choices import Role

Value = str | int | Decimal | date | list[str] | None


@dataclass(frozen=True)
class Column:
    """`value` gives text, a number, a day, a list of texts, or None where nothing is known or published.

    `shown` gives what the table prints where that is something else.
    """

    key: str
    heading: str
    value: Callable[[Page], Value]
    in_table: bool = True
    shown: Callable[[Page], str] | None = None
    sort: str = ""

    def text(self, initiative):
        value = (self.shown or self.value)(initiative)
        if isinstance(value, list):
            return ", ".join(value)
        return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else value


def organisations(key, heading, role):
    def printed(initiative, attribute="name"):
        return [getattr(part, attribute) for part in initiative.with_role(role)]

    return Column(key, heading, printed, shown=lambda initiative: printed(initiative, "short_name"))


def slugs(role):
    return lambda initiative: [part.shown_organisation.slug for part in initiative.with_role(role)]


def related(relation, attribute="slug"):
    return lambda initiative: [getattr(record, attribute) for record in initiative.related[relation]]


def names(relation):
    return lambda initiative: [str(record) for record in initiative.related[relation]]


def filled(values):
    return list(dict.fromkeys(filter(None, values)))


def code(key, heading, value):
    """What the table already says in words, beside the amount or by its link."""
    return Column(key, heading, value, in_table=False)


COLUMNS = [
    code("initiative", _("Short name in the address"), lambda i: i.slug),
    Column("title", _("Initiative"), lambda i: i.title, sort="title"),
    Column("acronym", _("Acronym"), lambda i: i.acronym),
    code("status_code", _("Status, code"), lambda i: i.group),
    Column("status", _("Status"), lambda i: str(i.status)),
    Column("start_year", _("Start"), lambda i: i.start_year, sort="newest"),
    Column("end_year", _("End"), lambda i: i.end_year, sort="ending"),
    organisations("lead", _("Led by"), Role.LEAD),
    code("lead_code", _("Led by, short name"), slugs(Role.LEAD)),
    organisations("funder", _("Funder"), Role.FUNDER),
    code("funder_code", _("Funder, short name"), slugs(Role.FUNDER)),
    Column("country", _("Countries"), names("countries")),
    code("country_code", _("Countries, ISO 3166-1"), related("countries", "code")),
    Column(
        "budget_amount",
        _("Budget"),
        lambda i: i.budget and i.budget.amount,
        shown=lambda i: i.budget.exact if i.budget else _("Not published"),
        sort="budget",
    ),
    code("budget_currency", _("Currency"), lambda i: i.budget and i.budget.currency),
    code("budget_basis_code", _("Basis, code"), lambda i: i.budget and i.budget.basis.value),
    Column("budget_basis", _("Basis"), lambda i: i.budget and str(i.budget.basis.label)),
    Column(
        "funder_wording",
        _("Funded or supported"),
        lambda i: filled(str(part.get_wording_display()) for part in i.funders),
    ),
    Column("programme", _("Programme"), lambda i: filled(part.programme for part in i.funders)),
    organisations("partner", _("Partners"), Role.PARTNER),
    code("partner_code", _("Partners, short name"), slugs(Role.PARTNER)),
    Column("hotspot", _("Hotspots"), names("hotspots")),
    code("hotspot_code", _("Hotspots, short name"), related("hotspots")),
    Column("species", _("Species"), names("species")),
    code("species_code", _("Species, short name"), related("species")),
    Column("theme", _("Themes"), names("themes")),
    code("theme_code", _("Themes, short name"), related("themes")),
    Column("summary", _("Summary"), lambda i: i.summary),
    Column("confirmed_on", _("Figures confirmed on"), lambda i: i.figures_confirmed_on),
    Column(
        "changed_on", _("Page changed on"), lambda i: i.last_published_at and timezone.localdate(i.last_published_at)
    ),
    Column("more", _("More"), lambda i: i.more_url),
    code("address", _("Address"), lambda i: f"{settings.SITE_URL}{i.url}"),
]
IN_TABLE = [column for column in COLUMNS if column.in_table]
