"""Which Content-Security-Policy an answer has. The policies themselves stand in the settings."""

import re

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings

STAFF_PATH = "/admin/"
INLINE = re.compile(r"<script(?: type=\"text/javascript\")?>(.*?)</script>", re.DOTALL)
TEXT = re.compile(r'"(?:[^"\\<\n]|\\[^\n])*"')
# The scripts that Wagtail and wagtail-localize write into the pages of the admin, without blanks and what stands in
# quotes: one call by name, whose arguments are data. None of them can be made to do anything else.
DATA = r'(?:true|false|null|[-+.\d{}\[\]:,"])*'
KNOWN = re.compile(
    rf"""init(?:Date|Time|DateTime)Chooser\("",{DATA}\);
    |new\w*Chooser(?:Widget)?\("",{DATA}\);
    |createTaskChooser\(""\);
    |\(function\(\){{varpanel=new(?:InlinePanel|MultipleChooserPanel)\(JSON\.parse\(""\)\);}}\)\(\);
    |if\(typeofwindow\.chooserUrls===""\){{window\.chooserUrls={{imageChooser:"",documentChooser:"",pageChooser:"",}}}}
    """,
    re.VERBOSE,
)


def is_known(script):
    return bool(KNOWN.fullmatch(re.sub(r"\s", "", TEXT.sub('""', script))))


def with_nonces(html, nonce):
    """Only on what is known: a script that somebody has smuggled into a page gets none and does not run."""

    def marked(found):
        return f'<script nonce="{nonce}">{found[1]}</script>' if is_known(found[1]) else found[0]

    return INLINE.sub(marked, html)


class PolicyMiddleware(CSPMiddleware):
    """Stands before all others, so that kept pages and what another middleware refuses have a policy too."""

    def process_response(self, request, response):
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # A browser that is told that its copy still holds keeps the policy of the copy.
        if response.status_code == 304:
            return response
        if is_for_staff(request, response) and HEADER not in response:
            html = with_nonces(response.text, request.csp_nonce)
            response.content = html
            response["Content-Length"] = str(len(response.content))
        return super().process_response(request, response)

    def get_policy_parts(self, request, response, report_only=False):
        if report_only:
            return PolicyParts()
        if not is_page(response):
            return PolicyParts(settings.CONTENT_SECURITY_POLICY_OF_FILES)
        if is_for_staff(request, response):
            return PolicyParts(settings.CONTENT_SECURITY_POLICY_OF_STAFF, nonce=str(request.csp_nonce))
        # What an editor previews stands in a frame of the editing page; Wagtail marks the request.
        framed = {"frame-ancestors": ["'self'"]} if getattr(request, "is_dummy", False) else None
        return PolicyParts(replace=framed)


def is_page(response):
    return response.get("Content-Type", "text/html").startswith("text/html")


def is_for_staff(request, response):
    """Inside the admin; its login is as strict as the public pages."""
    if not request.path_info.startswith(STAFF_PATH) or response.streaming or not is_page(response):
        return False
    return response.status_code < 500 and hasattr(request, "user") and request.user.is_authenticated
