from django import template
from django.conf import settings
from django.forms.utils import flatatt

from iucn_ca.images import FORMATS, SHARING

register = template.Library()


@register.inclusion_tag("components/picture.html")
def picture(image, alt=None, sizes="100vw", loading="lazy", **attributes):
    """A picture from its finished renditions; nothing where there is none yet.

    `alt` is the page's own text and may be empty for a decorative picture; left out, the picture's description.
    """
    found = image.finished_renditions if image else {}
    sources = {name: [r for spec, r in found.items() if spec.endswith(f"|format-{name}")] for name in FORMATS}
    sources = {f"image/{name}": renditions for name, renditions in sources.items() if renditions}
    if not sources:
        return {}
    *better, (_, fallback) = sources.items()
    return {
        "better": better,
        "fallback": fallback,
        "middle": fallback[min(1, len(fallback) - 1)],
        "largest": fallback[-1],
        "alt": image.description if alt is None else alt,
        "sizes": sizes,
        "loading": loading,
        "attributes": flatatt(attributes),
    }


@register.simple_tag
def sharing_image_url(image):
    """The whole address of the JPEG that other sites show beside a link to the page."""
    rendition = image.finished_renditions.get(SHARING) if image else None
    if not rendition:
        return ""
    return rendition.url if "://" in rendition.url else f"{settings.WAGTAILADMIN_BASE_URL}{rendition.url}"
