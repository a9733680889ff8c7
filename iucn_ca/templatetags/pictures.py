from django import template
from django.conf import settings
from django.forms.utils import flatatt

from iucn_ca.images import FORMATS, SHARING

register = template.Library()


def _files(image):
    """(media type, renditions, their srcset) of a picture, the fallback last."""
    found = image.finished_renditions if image else {}
    by_type = {name: [r for spec, r in found.items() if spec.endswith(f"|format-{name}")] for name in FORMATS}
    return [(f"image/{name}", files, ", ".join(map(str, files))) for name, files in by_type.items() if files]


@register.inclusion_tag("components/picture.html")
def picture(image, alt=None, sizes="100vw", loading="lazy", **attributes):
    """A picture from its finished renditions; nothing where there is none yet.

    `alt` is the page's own text and may be empty for a decorative picture; left out, the picture's description.
    """
    files = _files(image)
    if not files:
        return {}
    *better, (_, fallback, srcset) = files
    return {
        "better": better,
        "srcset": srcset,
        "middle": fallback[min(2, len(fallback) - 1)],
        "largest": fallback[-1],
        "alt": image.description if alt is None else alt,
        "sizes": sizes,
        "loading": loading,
        "attributes": flatatt(attributes),
    }


@register.inclusion_tag("components/picture.html")
def picture_by_width(narrow, wide, **arguments):
    """The wide picture from 60rem on, the narrow one below; either alone where there is no other."""
    if not (narrow and wide):
        return picture(narrow or wide, **arguments)
    return picture(narrow, **arguments) | {"from_60rem": _files(wide)}


@register.simple_tag
def sharing_image_url(image):
    """The whole address of the JPEG that other sites show beside a link to the page."""
    rendition = image.finished_renditions.get(SHARING) if image else None
    if not rendition:
        return ""
    return rendition.url if "://" in rendition.url else f"{settings.WAGTAILADMIN_BASE_URL}{rendition.url}"
