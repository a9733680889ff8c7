"""How an amount is printed: the whole of it, with its currency and what it is the budget of."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from initiatives.choices import Basis
from initiatives.money import CURRENCIES, Money

amounts = st.decimals("0.01", "9999999999.99", places=2)
round_amounts = st.integers(1, 999_999).map(lambda number: Decimal(number) * 10_000)


def printed(amount, currency="EUR"):
    text = str(Money(Decimal(amount), currency, Basis.TOTAL))
    assert " " not in text, "currency and number must not part at the end of a line"
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("11000000", "EUR", "EUR 11 million"),
        ("11000000.00", "EUR", "EUR 11 million"),
        ("1610000", "CHF", "CHF 1.61 million"),
        ("14500000", "USD", "USD 14.5 million"),
        ("1000000", "EUR", "EUR 1 million"),
        ("1050000", "EUR", "EUR 1.05 million"),
        ("2000000000", "USD", "USD 2 billion"),
        ("541500", "USD", "USD 541,500"),
        ("1000", "UZS", "UZS 1,000"),
        ("999", "KZT", "KZT 999"),
        ("0.01", "EUR", "EUR 0.01"),
        ("541500.5", "USD", "USD 541,500.50"),
        ("1234567.89", "EUR", "EUR 1,234,567.89"),
        ("1614000", "CHF", "CHF 1,614,000"),
        ("999999.99", "EUR", "EUR 999,999.99"),
        ("1234560000", "EUR", "EUR 1,234,560,000"),
        ("9999999999.99", "USD", "USD 9,999,999,999.99"),
    ],
)
def test_an_amount_is_printed_as_the_office_writes_it(amount, currency, text):
    assert printed(amount, currency) == text


@pytest.mark.parametrize(("language", "text"), [("ru", "EUR 1,61 миллиона"), ("uz", "EUR 1,61 million")])
def test_an_amount_is_printed_as_its_language_writes_numbers(language, text):
    with override(language):
        assert printed("1610000") == text


@given(amounts | round_amounts)
@example(Decimal("1234560000"))
@example(Decimal("1005000"))
def test_what_is_printed_is_exactly_the_amount(amount):
    _, number, *unit = printed(amount).split()
    factor = {(): 1, ("million",): 10**6, ("billion",): 10**9}[tuple(unit)]
    assert Decimal(number.replace(",", "")) * factor == amount


@given(amounts | round_amounts)
def test_the_exact_form_has_every_digit(amount):
    _, number = Money(amount, "USD", Basis.TOTAL).exact.split("\N{NO-BREAK SPACE}")
    assert Decimal(number.replace(",", "")) == amount


def test_amounts_are_never_added_or_compared():
    eur, chf = (Money(Decimal(5), currency, Basis.TOTAL) for currency in ("EUR", "CHF"))
    with pytest.raises(TypeError):
        assert eur + chf
    with pytest.raises(TypeError):
        assert eur < chf


def test_currencies_are_those_of_today():
    assert {"EUR", "CHF", "USD", "GBP", "UZS", "KZT", "KGS", "TJS", "TMT"} <= set(CURRENCIES)
    assert not {"DEM", "SUR", "UZD", "XXX", "XAU", "XTS", "EURO", "€", "eur", ""} & set(CURRENCIES)
