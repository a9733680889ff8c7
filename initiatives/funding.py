"""Who funds a selection: a row for each funder and basis, in one column for each currency. No budget is split."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, OuterRef, Subquery, When

from .choices import Basis, Role
from .money import Money, Total, Totals, currency_name, in_words, of_cents, sum_in_cents
from .organisations import OrganisationPage
from .rows import Participation
from .timeline import per_cent


@dataclass
class Row:
    """The budgets that one funder, or several together, stand for in one currency and basis.

    Without funders: the budgets of initiatives for which none is named. `programmes` are (name, Money) pairs.
    """

    funders: list[OrganisationPage]
    money: Money
    programmes: list = field(default_factory=list)
    width: str = ""

    @property
    def is_share(self):
        return self.money.basis is Basis.IUCN_SHARE


@dataclass
class Column:
    code: str
    rows: list[Row]
    totals: list[Total]

    @property
    def name(self):
        return currency_name(self.code)


class Funding:
    """The columns, and the amount that a bar of full width stands for."""

    def __init__(self, initiatives, totals: Totals, locale_id):
        public = OrganisationPage.objects.published(locale_id)
        grouped = _grouped(initiatives, public)
        keys = {key for _, _, together in grouped for key in together}
        shown = public.filter(translation_key__in=keys).annotate(label=OrganisationPage.name_with_country())
        names = {page.translation_key: page for page in shown.listed("translation_key")}
        rows = []
        for (currency, basis, together), programmes in grouped.items():
            funders = sorted((names[key] for key in together), key=lambda page: page.label)
            amounts = {name: Money(of_cents(cents), currency, basis) for name, cents in programmes.items()}
            money = Money(of_cents(sum(programmes.values())), currency, basis)
            rows.append(Row(funders, money, sorted(amounts.items()) if any(amounts) else []))
        for total in totals.rows:
            named = sum(row.money.amount for row in rows if _is_like(row.money, total.money))
            if rest := total.money.amount - named:
                rows.append(Row([], Money(rest, total.money.currency, total.money.basis)))
        largest = max((row.money.amount for row in rows), default=1)
        for row in rows:
            row.width = per_cent(100 * row.money.amount / largest)
        rows.sort(key=lambda row: (not row.funders, -row.money.amount))
        self.full_width = in_words(largest)
        self.has_share = any(row.is_share for row in rows)
        self.columns = [
            Column(code, [row for row in rows if row.money.currency == code], totals.in_currency(code))
            for code in sorted(totals.currencies, key=currency_name)
        ]


def _is_like(money, other):
    return (money.currency, money.basis) == (other.currency, other.basis)


def _grouped(initiatives, public):
    """Cents by programme, by (currency, basis, the funders together)."""
    parts = Participation.objects.filter(
        role=Role.FUNDER, organisation__translation_key__in=public.values("translation_key")
    )
    of_page = parts.filter(page=OuterRef("page")).order_by().values("page").annotate(number=Count("pk"))
    rows = (
        parts.filter(page__in=initiatives.values("pk"), page__budget_amount__isnull=False)
        .exclude(page__budget_basis="")
        .order_by()
        .annotate(parts=Subquery(of_page.values("number")))
        # A budget with several parts belongs to all of them: it is counted once, page by page.
        .annotate(joint=Case(When(parts__gt=1, then=F("page"))))
        .values_list(
            "joint", "page__budget_currency", "page__budget_basis", "organisation__translation_key", "programme"
        )
        .annotate(cents=sum_in_cents("page__budget_amount"))
    )
    found = defaultdict(lambda: defaultdict(int))
    joint_pages = defaultdict(list)
    for page, currency, basis, key, programme, cents in rows:
        if page:
            joint_pages[page, currency, Basis(basis), cents].append((key, programme))
        else:
            found[currency, Basis(basis), frozenset([key])][programme] += cents
    for (_, currency, basis, cents), together in joint_pages.items():
        funders = frozenset(key for key, _ in together)
        found[currency, basis, funders][", ".join(sorted({name for _, name in together if name}))] += cents
    return found
