from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from .map import Place, drawing
from .outlines import validate_outline


@require_POST
def outline_preview(request):
    """What is typed so far, on the map or as the sentence that the form would show. Wagtail lets only staff in."""
    outline, svg, sentence = request.POST.get("outline", "").strip(), "", ""
    if outline:
        try:
            validate_outline(outline)
        except ValidationError as refused:
            sentence = refused.messages[0]
        else:
            typed = Place("hotspot", "outline", "", "", outline)
            # Past the memory of drawings: nobody asks for this one again.
            name = gettext("The outline on the map")
            svg = drawing.__wrapped__("inset", (typed,), (typed.key,), name, get_language())
    return render(request, "components/outline_preview.html", {"drawing": svg, "sentence": sentence})
