"""Which Content-Security-Policy an answer has. The policies themselves stand in the settings."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings

STAFF_PATH = "/admin/"


class PolicyMiddleware(CSPMiddleware):
    def process_response(self, request, response):
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return super().process_response(request, response)

    def get_policy_parts(self, request, response, report_only=False):
        if report_only:
            return PolicyParts()
        if not is_page(response):
            return PolicyParts(settings.CONTENT_SECURITY_POLICY_OF_FILES)
        # A page that says no needs no more than a public one, and the database may not be there to say who asks.
        if response.status_code < 400 and is_for_staff(request):
            return PolicyParts(settings.CONTENT_SECURITY_POLICY_OF_STAFF)
        # What an editor previews stands in a frame of the editing page; Wagtail marks the request.
        framed = {"frame-ancestors": ["'self'"]} if getattr(request, "is_dummy", False) else None
        return PolicyParts(replace=framed)


def is_page(response):
    return response.get("Content-Type", "text/html").startswith("text/html")


def is_for_staff(request):
    """Inside the admin; its login is as strict as the public pages."""
    return request.path_info.startswith(STAFF_PATH) and hasattr(request, "user") and request.user.is_authenticated
