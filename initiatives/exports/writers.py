"""A selection as CSV, XLSX or JSON, written row by row: ten thousand rows take no more memory than a thousand."""

import csv
import json
import re
from datetime import date
from io import BytesIO

from django.http import FileResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from initiatives.filters import InitiativeFilter
from initiatives.relations import with_relations

from .columns import COLUMNS

CHUNK = 1000
# What makes a spreadsheet calculate instead of show.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A sheet with one of these does not open.
NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
LONGEST_NAME = 80


def export(selection: InitiativeFilter, file_format):
    """The download of a selection: a file response, or 400 where a filter is not known.

    A page can say that it left a filter out; a file that holds more than was asked for could not.
    """
    if selection.notes:
        return HttpResponseBadRequest("\n".join([*selection.notes, ""]), content_type="text/plain; charset=utf-8")
    response = FORMATS[file_format](selection)
    response["Content-Disposition"] = f'attachment; filename="{file_name(selection)}.{file_format}"'
    return response


def file_name(selection):
    """What and when: `iucn-central-asia-initiatives-funder-bmuv-2026-11-25`."""
    values = [f"{choice.facet.name}-{'-'.join(choice.values)}" for choice in selection.choices if choice.chosen]
    what = slugify("-".join([*values, *(["words", selection.text] if selection.text else [])]))
    what = what[:LONGEST_NAME].strip("-") or ("selection" if selection.is_narrowed else "all")
    return f"iucn-central-asia-initiatives-{what}-{timezone.localdate():%Y-%m-%d}"


def records(selection):
    """The public columns of each initiative; what is withdrawn while a file is written stands in no later row."""
    keys = list(selection.selection.in_office_order().values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        some = selection.initiatives.filter(pk__in=keys[start : start + CHUNK]).in_office_order().for_export()
        for initiative in with_relations(some, selection.locale_id):
            # What is not known is nothing, not a text without letters.
            yield [(column.key, None if (value := column.value(initiative)) == "" else value) for column in COLUMNS]
            # It and its participations hold each other: they would fill the memory until somebody collects garbage.
            vars(initiative).clear()


def plain(value):
    """One text for a cell: several values stand behind semicolons, an unknown one leaves the cell empty."""
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


def csv_file(selection):
    class Line:
        """Hands back what the csv module writes."""

        write = staticmethod(str)

    writer = csv.writer(Line)

    def lines():
        # The mark by which spreadsheets know UTF-8.
        yield "\ufeff" + writer.writerow([column.key for column in COLUMNS])
        for record in records(selection):
            yield writer.writerow([harmless(value) for _, value in record])

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


def harmless(value):
    text = plain(value)
    is_text = value is None or isinstance(value, str | list)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text


def json_file(selection):
    def parts():
        head = {
            "made_on": timezone.localdate().isoformat(),
            "selection": {choice.facet.name: choice.values for choice in selection.choices if choice.chosen}
            | ({"q": selection.text} if selection.text else {}),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "initiatives": ['
        between = "\n"
        for record in records(selection):
            # An amount stays text: as a number it would become a floating point one.
            yield between + json.dumps(dict(record), ensure_ascii=False, default=str)
            between = ",\n"
        yield "\n]}\n"

    return StreamingHttpResponse(parts(), content_type="application/json")


def xlsx_file(selection):
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Initiatives")[:31])
    sheet.freeze_panes = "C2"
    sheet.append([column.key for column in COLUMNS])
    for record in records(selection):
        sheet.append([cell(sheet, value) for _, value in record])
    file = BytesIO()
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def cell(sheet, value):
    if isinstance(value, list | str):
        found = WriteOnlyCell(sheet, NOT_IN_XML.sub("", plain(value)))
        # Never a formula, whatever it begins with.
        found.data_type = "s"
        return found
    found = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        found.number_format = "yyyy-mm-dd"
    return found


FORMATS = {"csv": csv_file, "xlsx": xlsx_file, "json": json_file}
