"""Six initiatives whose every fact is typed here by hand: what the directory must show of them needs no query."""

from django.test import Client

from initiatives.models import InitiativePage, Theme
from initiatives.organisations import OrganisationPage
from regions.models import Country
from tests.factories import a_funder, a_partner, a_theme, an_initiative, an_organisation
from tests.seeded import Reading

# Title: what a reader finds it by under each facet, and the words of its summary.
RECORDS = {
    "Alpha": {
        "status": {"current"},
        "country": {"uzbekistan"},
        "theme": {"water"},
        "funder": {"ministry"},
        "lead": {"iucn"},
        "partner": {"academy"},
        "year": {"2024", "2025", "2026", "2027"},
        "organisation": {"ministry", "iucn", "academy"},
        "currency": {"EUR"},
        "q": {"alpha", "saltwort", "shore"},
    },
    "Beta": {
        "status": {"current"},
        "country": {"kazakhstan"},
        "theme": {"water", "soil"},
        "funder": {"ministry", "fund"},
        "lead": {"iucn"},
        "partner": set(),
        "year": {"2022", "2023", "2024", "2025", "2026"},
        "organisation": {"ministry", "fund", "iucn"},
        "currency": {"EUR"},
        "q": {"beta", "camels", "shore"},
    },
    "Gamma": {
        "status": {"current"},
        "country": {"uzbekistan", "kazakhstan"},
        "theme": set(),
        "funder": set(),
        "lead": {"academy"},
        "partner": {"iucn", "fund"},
        "year": {"2024", "2025", "2026", "2027", "2028", "2029", "2030"},
        "organisation": {"academy", "iucn", "fund"},
        "currency": {"CHF"},
        "q": {"gamma", "camels", "wells"},
    },
    "Delta": {
        "status": {"previous"},
        "country": {"uzbekistan", "mongolia"},
        "theme": {"soil"},
        "funder": {"fund"},
        "lead": {"academy"},
        "partner": {"iucn"},
        "year": {"2021", "2022", "2023", "2024", "2025"},
        "organisation": {"fund", "academy", "iucn"},
        "currency": {"EUR"},
        "q": {"delta", "dunes"},
    },
    "Epsilon": {
        "status": {"previous"},
        "country": set(),
        "theme": {"water"},
        "funder": {"ministry"},
        "lead": {"iucn"},
        "partner": set(),
        "year": {"2018", "2019", "2020", "2021", "2022", "2023"},
        "organisation": {"ministry", "iucn"},
        "currency": set(),
        "q": {"epsilon", "wells"},
    },
    "Zeta": {
        "status": {"previous"},
        "country": {"mongolia"},
        "theme": {"restoration"},
        "funder": set(),
        "lead": {"iucn"},
        "partner": {"academy"},
        "year": {"2025", "2026"},
        "organisation": {"iucn", "academy"},
        "currency": {"EUR"},
        "q": {"zeta", "saltwort", "dunes"},
    },
}
# (amount, basis); the currency stands above. Of Epsilon no budget is published.
BUDGETS = {
    "Alpha": ("300", "total_budget"),
    "Beta": ("9000000", "iucn_share"),
    "Gamma": ("5000", "total_budget"),
    "Delta": ("300.50", "total_budget"),
    "Zeta": ("1000000", "total_budget"),
}
KNOWN = {
    "status": {"current", "previous"},
    "country": {"uzbekistan", "kazakhstan", "mongolia"},
    "theme": {"water", "soil", "restoration"},
    "funder": {"ministry", "fund"},
    "lead": {"iucn", "academy"},
    "partner": {"iucn", "academy", "fund"},
    "year": {str(year) for year in range(2018, 2031)},
    "organisation": {"ministry", "fund", "iucn", "academy"},
    "currency": {"EUR", "CHF"},
}
LABELS = {
    "status": "Status",
    "country": "Country",
    "theme": "Theme",
    "funder": "Funder",
    "lead": "Led by",
    "partner": "Partner",
    "year": "Active in",
    "organisation": "Organisation",
    "currency": "Currency",
}
# These have boxes in the form; the others are reached by links.
IN_FORM = ["status", "country", "theme", "funder", "lead", "partner", "year"]
WORDS = set().union(*(record["q"] for record in RECORDS.values()))


def six_initiatives():
    """Instead of the small office's two."""
    for page in InitiativePage.objects.all():
        page.unpublish()
    an_organisation("World Fund", "multilateral", slug="fund")
    a_theme("Soil")
    organisations = {page.slug: page for page in OrganisationPage.objects.all()}
    for title, facts in RECORDS.items():
        [lead] = facts["lead"]
        amount, basis = BUDGETS.get(title, (None, ""))
        an_initiative(
            title,
            organisations[lead],
            *[a_funder(organisations[slug]) for slug in sorted(facts["funder"])],
            *[a_partner(organisations[slug]) for slug in sorted(facts["partner"])],
            summary=f"{' '.join(sorted(facts['q'])).capitalize()}.",
            group=min(facts["status"]),
            start_year=int(min(facts["year"])),
            end_year=int(max(facts["year"])),
            budget_amount=amount,
            budget_currency=min(facts["currency"], default=""),
            budget_basis=basis,
            countries=list(Country.objects.filter(slug__in=facts["country"])),
            themes=list(Theme.objects.filter(slug__in=facts["theme"])),
        )


def fitting(query):
    """The titles that a reader would pick by hand: any value of a facet, every facet; unknown values left out."""
    found = set(RECORDS)
    for name, known in KNOWN.items():
        if wanted := {value for key, value in query if key == name} & known:
            found = {title for title in found if RECORDS[title][name] & wanted}
    # A box for text has one text: the last one counts. Each of its words must stand there.
    texts = [value for key, value in query if key == "q"]
    words = set(texts[-1].split()) if texts else set()
    return {title for title in found if words <= RECORDS[title]["q"]}


class Shown(Reading):
    """A page of the directory: `titles` are those of the six that it links to, from top to bottom."""

    def __init__(self, answer):
        super().__init__(answer)
        links = [link["href"] for link in self.main.find_all("a", href=True)]
        self.titles = [title for link in links for title in RECORDS if link == f"/en/initiatives/{title.lower()}/"]

    @property
    def notes(self):
        return [" ".join(note.text.split()) for note in self.main.find_all("p", class_="note")]

    def link(self, words):
        """The address behind the one link with exactly these words."""
        [found] = [link for link in self.main.find_all("a") if " ".join(link.text.split()) == words]
        return found["href"]


def follow(link, client=None):
    """What a link of the directory leads to; most of them are a query string alone."""
    return Shown((client or Client()).get(link if link.startswith("/") else f"/en/initiatives/{link}"))
