from django.urls import reverse_lazy
from wagtail.admin.widgets import AdminAutoHeightTextInput


class OutlineInput(AdminAutoHeightTextInput):
    """Beneath it, a map shows what is typed or pasted."""

    class Media:
        css = {"all": ["css/map.css", "css/outline.css"]}
        js = ["js/outline.js"]

    def __init__(self, attrs=None):
        super().__init__({"data-outline-preview": reverse_lazy("outline_preview")} | (attrs or {}))
