"""The house's rules that a machine can check."""

import ast
import re
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from packaging.requirements import Requirement
from wagtail.models import TranslatableMixin

from iucn_ca.models import BasePage
from iucn_ca.vocabulary import Term

ROOT = settings.BASE_DIR
APPS = ["iucn_ca", "regions", "species", "initiatives"]  # each may import those before it
# Leaves: they make or serve everything, and nothing of the house imports them.
LEAVES = {"iucn_ca/seeding.py", "iucn_ca/urls.py"}
LONGEST_FILE = 400
# What asks for live pages without asking whether they are public, and why that is right.
LIVE_ALONE = {
    "iucn_ca/middleware.py": "which languages have a home page",
    "iucn_ca/routing.py": "Wagtail's view asks for the page's own restrictions, and sends to the login",
    "iucn_ca/search.py": "leaves out private branches itself: a search backend knows no such condition",
    "iucn_ca/views.py": "which languages have a home page",
}


def modules(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


PRODUCT = list(modules(*APPS))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def tree(path):
    return ast.parse((ROOT / path).read_text())


def imported(path):
    """The first parts of the names of all modules that it imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield path.parts[0] if node.level else node.module.partition(".")[0]


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_imports_run_one_way(path):
    app = path.parts[0]
    allowed = set(APPS[: APPS.index(app) + 1])
    if str(path) in LEAVES or "commands" in path.parts:
        allowed = set(APPS)
    assert set(imported(path)) & set(APPS) <= allowed
    assert "tests" not in imported(path)


def test_nothing_but_leaves_imports_a_leaf():
    for path in PRODUCT:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and "commands" not in path.parts:
                names = [node.module or "", *(name.name for name in node.names)]
                assert not {"seeding", "urls"} & {name for name in names if node.level}, path


def test_imports_stand_at_the_top():
    for path in PRODUCT:
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef):
                inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                # Django runs ready() when models can be imported, and no earlier.
                assert not inside or function.name == "ready", (path, function.name)


def test_every_page_type_says_where_it_belongs():
    for model in apps.get_models():
        if issubclass(model, BasePage):
            assert {"parent_page_types", "subpage_types"} <= vars(model).keys(), model


def test_every_entry_of_a_list_can_be_translated():
    ours = [model for model in apps.get_models() if issubclass(model, Term)]
    assert {model.__name__ for model in ours} == {"Country", "Ecosystem", "Threat", "Theme"}
    assert all(issubclass(model, TranslatableMixin) for model in ours)


def test_live_pages_are_asked_for_together_with_public_ones():
    found = set()
    for path in PRODUCT:
        if str(path) in LEAVES or "commands" in path.parts:
            continue
        nodes = list(ast.walk(tree(path)))
        public = {id(node.value.func) for node in nodes if is_call_after(node, "public")}
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "live" and id(node.func) not in public:
                found.add(str(path))
    assert found == set(LIVE_ALONE)


def is_call_after(node, name):
    """`<a call>.name`"""
    return isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Call)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_code_and_asks_no_other_host(path):
    text = path.read_text()
    for code in (
        r"<script(?! src=\"{% static)",
        r"<style",
        r"\sstyle=",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"\|safe\b",
        r"autoescape",
    ):
        assert not re.search(code, text, re.IGNORECASE), code
    assert not re.search(r"""(src|srcset|action)=["'](https?:)?//""", text)
    assert not re.search(r"""<link[^>]+href=["'](https?:)?//""", text)
    assert not re.search(r"{%\s*(if|for)\b[^%]*\.(objects|exists|count|filter)\b", text), "a question to the database"


def test_every_component_is_used():
    texts = [path.read_text() for path in TEMPLATES] + [(ROOT / path).read_text() for path in PRODUCT]
    for path in sorted((ROOT / "templates" / "components").iterdir()):
        assert any(f"components/{path.name}" in text for text in texts), path.name


def test_no_file_is_longer_than_a_reader_can_hold():
    for path in [*PRODUCT, *modules("tests", "deploy"), *TEMPLATES]:
        assert len((ROOT / path).read_text().splitlines()) <= LONGEST_FILE, path


def pinned(name):
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[a-z0-9]", line, re.IGNORECASE)]


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_the_installed_packages_are_the_pinned_ones(name):
    requirements = pinned(name)
    assert len(requirements) > 20 or name == "dev.txt"
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate():
            assert requirement.specifier.contains(metadata.version(requirement.name)), requirement


def test_requirements_name_versions_hashes_and_no_index():
    for name in ("runtime.txt", "dev.txt"):
        text = Path(ROOT, "requirements", name).read_text()
        assert all(str(requirement.specifier).startswith("==") for requirement in pinned(name))
        assert text.count("--hash=sha256:") >= len(pinned(name))
        assert "://" not in re.sub(r"#.*", "", text)
