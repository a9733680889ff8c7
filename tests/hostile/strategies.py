"""Requests as nobody sends them by accident: query strings, paths, headers, bodies and the admin's addresses."""

import json
import re
from urllib.parse import quote, quote_from_bytes

from django.urls import get_resolver
from hypothesis import strategies as st

NAMES = ["q", "page", "p", "status", "country", "theme", "funder", "sort", "next", "id", "mode", "token", "a[]", ""]
NAMES += ["lead", "partner", "year", "organisation", "currency", "view", "hotspot", "category", "group"]
NASTY = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "9" * 19,
    "9" * 40,
    "9" * 500,
    "1e999",
    "NaN",
    "١٢",
    "²",
    "'",
    "%",
    "_",
    "\\",
    "' OR 1=1 --",
    "<script>",
    "{{ 7*7 }}",
    "../" * 9,
    "//evil.example",
    "http://[",
    "javascript:alert(1)",
    "\u202e",
    "\ufdfa" * 50,
    "İ" * 50,
    "ʻ’'`",
    "\U0001f42a",
    "a AND NOT (b OR",
    '"',
    "*",
    ":*&|!",
    "NEAR(a b, 2)",
    "ß" * 50,
]

texts = st.sampled_from(NASTY) | st.text(max_size=40)
fields = st.lists(st.tuples(st.sampled_from(NAMES) | texts, texts), max_size=8)


def encoded(pairs):
    return "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in pairs)


clean_queries = fields.map(encoded)
broken_queries = st.binary(max_size=60).map(quote_from_bytes) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=60
)
queries = clean_queries | broken_queries
segments = st.sampled_from([*NAMES, "en", "ru", "admin", "media", "images", "documents", "..", ".", "-"]) | texts
paths = st.lists(segments, max_size=6).map(lambda parts: "/" + "/".join(quote(part, safe="") for part in parts))
# As a server hands them over: bytes as Latin-1, no line ends, no null.
header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
HEADERS = [
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_HOST",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN",
    "HTTP_RANGE",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REQUESTED_WITH",
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
]
NASTY_HEADERS = [
    "",
    "x" * 4000,
    "ru;q=x,en;q=1e9,*",
    "a-" * 300,
    "bytes=0-0,9-1,-",
    "bytes=99999999999999999999-",
    "Mon, 99 Foo 99999 99:99:99 GMT",
    "Thu, 01 Jan 0000 00:00:00 GMT",
    'W/"',
    'sessionid="aaaaaaaaaa\\000"; csrftoken="\\377"; messages=1',
    f"sessionid={'a' * 3000}; __Host-session=é; csrftoken=",
    "http://[::1",
    "127.0.0.1:99999999",
    "127.0.0.1,evil.example",
    "[::1]:8000",
    "Basic \xff",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=é",
    "multipart/form-data; boundary=x; charset=utf-16",
    "application/x-www-form-urlencoded; charset=hex",
    "text/html; a*=nonsense'en'b",
    "text/html; charset*0=\xff",
    "-1",
    "9" * 30,
]
headers = st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(NASTY_HEADERS) | header_texts, max_size=4)
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])

# Inside the admin

PARAMETERS = [
    *("locale", "p", "q", "ordering", "order", "next", "id", "multiple", "export", "select_format", "value", "mode"),
    *("translation_of", "select_locale", "page_type", "link_url", "link_text", "layout", "html_path", "descendant_of"),
    *(
        "collection",
        "collection_id",
        "child_of",
        "width",
        "height",
        "user_perms",
        "type",
        "title",
        "term",
        "tag",
        "limit",
    ),
    *(
        "search_operator",
        "search_all",
        "search",
        "revision_id",
        "parent_page_id",
        "offset",
        "new_parent_page",
        "fields",
    ),
    *("match_subclass", "is_editing", "has_children", "for_explorer", "filter_method", "create_model", "content_type"),
    *("content_type_id", "closeness", "childOf", "can_choose_root", "ancestor_of", "action", "object_id", "user"),
    *("overwrite_revision_id", "loaded_revision_id", "loaded_revision_created_at", "workflow-action-name", "position"),
    *("_w_hydrate_create_view", "_w_filter_fragment", "include_descendants", "in_preview_panel", "describe_on_delete"),
    *(
        "owner",
        "live",
        "status",
        "site",
        "revision_created_at",
        "timestamp_from",
        "created_at_to",
        "edited_by",
        "group",
    ),
    *("latest_revision_created_at_from", "last_published_at_to", "requested_by", "workflow", "task", "object_type"),
    *(
        "username",
        "password",
        "is_superuser",
        "last_login_from",
        "hide_commenting_actions",
        "label",
        "red_list_category",
    ),
    *("action-publish", "action-submit", "action-restart-workflow", "action-cancel-workflow", "confirm_site_name"),
    *("file", "files[]", "outline", "content", "comment", "tags", "credit", "body-count", "sources-TOTAL_FORMS"),
]
VALUES = [
    *("1", "2", "3", "4", "-id", "title", "-live", "content_type", "csv", "xlsx", "all", "true", "latest", "live"),
    *("wagtailcore.Page", "wagtailcore.nothing", "initiatives.initiativepage", "9223372036854775808", "4294967296"),
    *("0000-00-00", "9999-12-31", "0001-01-01", "2026-13-45", "9999-12-31T23:59:59+00:00", "2026-01-01T00:00:00"),
    *("*", "*,-title", "_,id", "parent(id)", "a,(b", "en", "ru", "xx", "null", "[]", "{}", '{"a":', "1,2,x", "1e400"),
]
NUMBERS = ["0", "7", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 30]
WORDS = {
    "app": ["wagtailcore", "iucn_ca", "regions", "species", "initiatives", "wagtailimages", "wagtaildocs", "auth"],
    "model": [
        "page",
        "homepage",
        "initiativepage",
        "speciespage",
        "country",
        "creditedimage",
        "document",
        "user",
        "task",
    ],
    "action": [
        *("delete", "publish", "unpublish", "move", "add_to_collection", "add_tags", "set_active_state", "assign_role"),
        *("approve", "reject", "cancel", "copy", "convert_alias", "create_alias", "revert_to_page_revision"),
    ],
    "filter_spec": ["max-100x100", "width-99999999", "fill-1x1|format-nothing", "original", "scale-nan", "width-x|"],
}

values = st.sampled_from(VALUES) | texts
pairs = st.lists(st.tuples(st.sampled_from(PARAMETERS), values), max_size=6)
staff_queries = pairs.map(encoded) | queries
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARAMETERS) | texts, inner, max_size=3),
    max_leaves=6,
)
BOUNDARY = "x"


def multipart(parts):
    """A form with files as browsers send it, whatever the names are."""
    lines = []
    for name, value, is_file in parts:
        file = f'; filename="{value[:9]}.png"\r\nContent-Type: image/png' if is_file else ""
        lines.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return ("".join(lines) + f"--{BOUNDARY}--\r\n").encode("utf-8", "replace")


parts = st.lists(st.tuples(st.sampled_from(PARAMETERS) | texts, values, st.booleans()), max_size=4).map(multipart)
broken_parts = st.tuples(parts, st.integers(0, 200)).map(lambda cut: cut[0][: cut[1]])
FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", f"multipart/form-data; boundary={BOUNDARY}"
bodies = st.one_of(
    st.tuples(st.just(FORM), pairs.map(encoded).map(str.encode)),
    st.tuples(st.just(FORM), st.binary(max_size=60)),
    st.tuples(st.just(JSON), documents.map(json.dumps).map(str.encode)),
    st.tuples(st.just(JSON), st.binary(max_size=60)),
    st.tuples(st.just(PARTS), parts),
    st.tuples(st.just(PARTS), broken_parts),
)


def routes(resolver=None, before=""):
    """The pattern of every address below the admin, from the outermost part on."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        elif route.startswith("admin/"):
            yield route


# <int:page_id>, or a group of a regular expression.
ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\((?:\?P<(?P<group>\w+)>)?(?P<choices>[^()]*)\)")


def staff_paths(route, ids):
    """Addresses of this pattern, most of them of records that exist. `ids` gives those by a word of the pattern."""
    pieces, position = [], 0
    for found in ARGUMENT.finditer(route):
        pieces += [st.just(route[position : found.start()]), arguments(found, route, ids)]
        position = found.end()
    rest = route[position:].replace(".*", "nothing")
    return st.tuples(*pieces, st.just(rest)).map(lambda parts: "/" + "".join(parts).replace("\\.", "."))


def arguments(found, route, ids):
    name = found["name"] or found["group"] or ""
    if found["choices"] or found["kind"] == "int" or name in ("pk", "object_id"):
        here = next((known for word, known in ids.items() if word in name), None)
        here = here or next((known for word, known in ids.items() if word in route), ids["page"])
        known = st.sampled_from(here)
        several = [known, known, known, st.sampled_from(NUMBERS)]
        several += [st.sampled_from(["live", "earliest", "latest"])] if "|" in (found["choices"] or "") else []
        return st.one_of(*several, *([] if found["kind"] == "int" else [texts.map(lambda text: quote(text, safe=""))]))
    words = next((known for word, known in WORDS.items() if word in name), ["a"])
    if found["kind"] == "slug":
        return st.sampled_from(words) | st.from_regex(r"[\w-]{1,20}", fullmatch=True).map(quote)
    return st.sampled_from(words) | texts.map(lambda text: quote(text, safe=""))
