"""Amount, currency and basis belong together: nothing here adds or converts."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import numbers
from babel.core import get_global
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
