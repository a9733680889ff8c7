"""When a page is indexed for search: once as it is saved or published, read anew and with its rows.

Wagtail would do it at each of the four saves of one publication, before the rows are there.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_delete, post_migrate, post_save
from wagtail.search import index
from wagtail.signals import page_published

# Most of Wagtail's own saves note down no more than which version is the latest.
UNSEEN_FIELDS = {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}

_is_publishing = ContextVar("is_publishing", default=False)


@contextmanager
def indexed_at_the_end():
    token = _is_publishing.set(True)
    try:
        yield
    finally:
        _is_publishing.reset(token)


def index_anew(page):
    index.insert_or_update_object(type(page).objects.get(pk=page.pk))


def _saved(instance, update_fields, raw, **kwargs):
    if not raw and not _is_publishing.get() and not (update_fields and UNSEEN_FIELDS.issuperset(update_fields)):
        index_anew(instance)


def _published(instance, **kwargs):
    index_anew(instance)


def _deleted(instance, **kwargs):
    index.remove_object(instance)


def _migrated(using, **kwargs):
    """An index of titles by their length (`search.SHORTEST_FIRST`).

    No migration: one of Wagtail's that makes its table anew, as SQLite's do, would leave the index out.
    """
    connection, table = connections[using], "wagtailcore_page"
    with connection.cursor() as cursor:
        # Whoever migrates app by app may have no pages yet, or none in languages.
        if table not in connection.introspection.table_names(cursor):
            return
        if "locale_id" in [column.name for column in connection.introspection.get_table_description(cursor, table)]:
            columns = "locale_id, length(title), path"
            cursor.execute(f"CREATE INDEX IF NOT EXISTS iucn_ca_shortest_first ON {table} ({columns})")


def connect(page_models):
    post_migrate.connect(_migrated, sender=apps.get_app_config("iucn_ca"))
    page_published.connect(_published)
    for model in page_models:
        post_save.connect(_saved, sender=model)
        post_delete.connect(_deleted, sender=model)
