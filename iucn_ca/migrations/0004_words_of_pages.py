"""An index for a search in title and text at once: PostgreSQL's are of one column each, and Wagtail asks for both.

What is published is in it at once (`fastupdate`): a list of what is still to be put there would be read by each search.
"""

from django.db import migrations

NAME = "iucn_ca_words_of_pages"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        entries = schema_editor.quote_name(apps.get_model("wagtailsearch", "IndexEntry")._meta.db_table)
        schema_editor.execute(f"CREATE INDEX {NAME} ON {entries} USING gin ((title || body)) WITH (fastupdate = off)")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("iucn_ca", "0003_drafts_of_lists"), ("wagtailsearch", "0010_add_text_fields")]

    operations = [migrations.RunPython(create, drop)]
