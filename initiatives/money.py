"""Amount, currency and basis belong together: nothing here converts, and only like is added to like."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import numbers
from babel.core import get_global
from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast, Round
from django.utils.translation import get_language

from .choices import Basis

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MILLION = 1_000_000
BILLION = 1_000_000_000

# ISO 4217 codes of today, from CLDR through Babel: withdrawn ones have an end date there.
CURRENCIES = sorted(
    {
        code
        for periods in get_global("territory_currencies").values()
        for code, _start, end, is_tender in periods
        if end is None and is_tender
    }
)

# The same few amounts stand on page after page.
format_decimal = lru_cache(maxsize=1000)(numbers.format_decimal)
format_compact_decimal = lru_cache(maxsize=1000)(numbers.format_compact_decimal)


def in_words(number, pattern="#,##0.##"):
    """“11 million”, “541,500”: in millions or billions only where nothing is rounded away."""
    locale = get_language() or "en"
    unit = BILLION if number >= BILLION else MILLION
    if number >= unit and number % (unit // 100) == 0:
        compact = format_compact_decimal(number, format_type="long", locale=locale, fraction_digits=2)
        return compact.replace(" ", NO_BREAK_SPACE)
    return format_decimal(number, format=pattern, locale=locale)


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str
    basis: Basis

    def __str__(self):
        """“EUR 11 million”, “USD 541,500”."""
        return f"{self.currency}{NO_BREAK_SPACE}{in_words(self.amount, self.pattern)}"

    @property
    def pattern(self):
        return "#,##0" if self.amount == self.amount.to_integral_value() else "#,##0.00"

    @property
    def exact(self):
        number = format_decimal(self.amount, format=self.pattern, locale=get_language() or "en")
        return f"{self.currency}{NO_BREAK_SPACE}{number}"

    @property
    def is_rounded_in_words(self):
        """Whether the words leave out digits that somebody may want to copy: “11 million”."""
        return str(self) != self.exact


def currency_name(code):
    """“Swiss franc”, in the language at hand."""
    return numbers.get_currency_name(code, count=1, locale=get_language() or "en")


def sum_in_cents(amount="budget_amount"):
    """For a query. SQLite adds decimals as floating point numbers: whole cents stay exact on both databases."""
    return Sum(Cast(Round(F(amount) * 100), BigIntegerField()))


def of_cents(cents):
    return Decimal(cents) / 100


@dataclass(frozen=True)
class Total:
    """The budgets of one currency and one basis, added up, and of how many initiatives they are."""

    money: Money
    initiatives: int


@dataclass(frozen=True)
class Totals:
    """Of a selection: one total for each currency and basis, and how many initiatives stand in none of them."""

    rows: list[Total]
    unpublished: int

    @classmethod
    def of(cls, initiatives):
        grouped = initiatives.order_by().values("budget_currency", "budget_basis")
        return cls.from_groups(
            grouped.annotate(cents=sum_in_cents(), number=Count("pk")).values_list(
                "budget_currency", "budget_basis", "cents", "number"
            )
        )

    @classmethod
    def from_groups(cls, groups: Iterable):
        """From (currency, basis, cents or None, number of initiatives), by currency, total budgets first."""
        sums, numbers, unpublished = Counter(), Counter(), 0
        for currency, basis, cents, number in groups:
            if cents is None or not (currency and basis):
                unpublished += number
            else:
                sums[currency, Basis(basis)] += cents
                numbers[currency, Basis(basis)] += number
        rows = [Total(Money(of_cents(cents), *kind), numbers[kind]) for kind, cents in sums.items()]
        order = list(Basis)
        rows.sort(key=lambda total: (total.money.currency, order.index(total.money.basis)))
        return cls(rows, unpublished)

    @property
    def initiatives(self):
        return self.unpublished + sum(total.initiatives for total in self.rows)

    @property
    def currencies(self):
        return list(dict.fromkeys(total.money.currency for total in self.rows))

    def in_currency(self, code):
        return [total for total in self.rows if total.money.currency == code]
