from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def with_subscripts(text):
    """The text as HTML: neither of the site's fonts has the small 2 of CO₂."""
    first, *others = str(text).split("₂")
    return format_html("{}{}", first, format_html_join("", "<sub>2</sub>{}", ((part,) for part in others)))
