from functools import lru_cache

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.templatetags.static import static

from iucn_ca.images import FORMATS, SHARING, Finished

register = template.Library()

DRAWN_SIZE = (1200, 630)


def _files(image):
    """(media type, renditions, their srcset) of a picture, the fallback last."""
    found = image.finished_renditions if image else {}
    by_type = {name: [r for spec, r in found.items() if spec.endswith(f"|format-{name}")] for name in FORMATS}
    return [(f"image/{name}", files, ", ".join(map(str, files))) for name, files in by_type.items() if files]


@register.simple_tag
def picture(image, alt=None, sizes="100vw", loading="lazy", **attributes):
    """A picture from its finished renditions; nothing where there is none yet.

    `alt` is the page's own text and may be empty for a decorative picture; left out, the picture's description.
    """
    return picture_by_width(image, None, alt, sizes, loading, **attributes)


@register.simple_tag
def picture_by_width(narrow, wide, alt=None, sizes="100vw", loading="lazy", **attributes):
    """The wide picture from 60rem on, the narrow one below; either alone where there is no other."""
    if not (narrow and wide):
        narrow, wide = narrow or wide, None
    if narrow is None:
        return ""
    alt = narrow.description if alt is None else alt
    return _markup(narrow.as_shown, wide and wide.as_shown, alt, sizes, loading, flatatt(attributes))


@lru_cache(maxsize=500)
def _markup(narrow, wide, alt, sizes, loading, attributes):
    """The same picture stands on many pages in the same size."""
    files = _files(narrow.record)
    if not files:
        return ""
    *better, (_, fallback, srcset) = files
    shown = {
        "from_60rem": _files(wide.record) if wide else [],
        "better": better,
        "srcset": srcset,
        "middle": fallback[min(2, len(fallback) - 1)],
        "largest": fallback[-1],
        "alt": alt,
        "sizes": sizes,
        "loading": loading,
        "attributes": attributes,
    }
    return render_to_string("components/picture.html", shown)


@register.inclusion_tag("components/picture_preload.html")
def preload_by_width(narrow, wide, sizes="100vw"):
    """For the head: what picture_by_width is going to ask for, in the best type alone, so that nothing comes twice."""
    chosen = [(narrow, "not all and (min-width: 60rem)"), (wide, "(min-width: 60rem)")]
    if not (narrow and wide):
        chosen = [(narrow or wide, "")]
    best = [(*_files(image)[0], media) for image, media in chosen if _files(image)]
    return {"best": [(media_type, srcset, media) for media_type, _, srcset, media in best], "sizes": sizes}


@register.simple_tag
def sharing_image(image):
    """The JPEG that other sites show beside a link to the page: its whole address and its size."""
    rendition = image.finished_renditions.get(SHARING) if image else None
    rendition = rendition or Finished(static("img/sharing.jpg"), *DRAWN_SIZE)
    if "://" in rendition.url:
        return rendition
    return Finished(f"{settings.SITE_URL}{rendition.url}", rendition.width, rendition.height)
