"""The thread picture: from IUCN through the regional office to Tashkent, and out to the five countries."""

from functools import cache

from django import template
from django.template.loader import render_to_string

register = template.Library()

THREADS = 46
DYES = ("lapis", "teal", "saffron", "lapis", "madder", "saffron", "teal", "lapis")
COUNTRIES = (18, 72, 124, 176, 226)
HEIGHT = 240
# Where the threads gather (the regional office) and where they are tied (Tashkent), and how tall they are there.
GATHERING, GATHERED = 360, 60
KNOT, TIED = 800, 12
FAN, SPREAD = 1200, 14


@register.simple_tag
@cache
def threads():
    drawn = [(DYES[n % len(DYES)], _path(n / (THREADS - 1), n)) for n in range(THREADS)]
    return render_to_string("components/threads.html", {"threads": drawn})


def _path(share, number):
    def height(tall, middle=HEIGHT / 2):
        return round(middle + (share - 0.5) * tall, 1)

    country = COUNTRIES[number * len(COUNTRIES) // THREADS]
    inside = number * len(COUNTRIES) % THREADS / THREADS - 0.5
    end = round(country + inside * SPREAD, 1)
    start, gathered, tied = height(HEIGHT - 4), height(GATHERED), height(TIED)
    return (
        f"M0 {start}C150 {start} 220 {gathered} {GATHERING} {gathered}"
        f"S640 {tied} {KNOT} {tied}S{KNOT + 200} {end} {FAN} {end}"
    )
