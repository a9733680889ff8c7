"""A form of the admin as a browser holds it: what it was given, changed by what somebody types."""

import json

from lxml.html import document_fromstring
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

BOXES = ("input", "select", "textarea")


class Form:
    def __init__(self, client, answer):
        self.client = client
        self.answer = answer
        assert answer.status_code == 200, answer
        # Not by BeautifulSoup, which takes ten times as long: forms are long, and most tests of the office read some.
        self.page = document_fromstring(answer.content.decode())
        # Templates of rows that a script would add.
        for template in self.page.findall(".//template"):
            template.drop_tree()
        forms = self.page.findall(".//form[@data-edit-form]") or self.page.findall(".//main//form")
        assert forms, "there is no form"
        self.form = forms[0]

    @classmethod
    def open(cls, client, address):
        return cls(client, client.get(address))

    @property
    def values(self):
        """What the browser would send if nothing were typed."""
        found = {}
        for box in self.form.iter(*BOXES):
            name, kind = box.get("name"), box.get("type")
            if not name or kind == "submit" or (kind in ("checkbox", "radio") and "checked" not in box.attrib):
                continue
            if box.tag == "select":
                options = box.findall(".//option")
                chosen = [option.attrib["value"] for option in options if "selected" in option.attrib]
                found[name] = chosen if "multiple" in box.attrib else (chosen or [options[0].attrib["value"]])[0]
            else:
                # A browser leaves out the first line end of a textarea.
                is_long = box.tag == "textarea"
                text = box.text_content().removeprefix("\n") if is_long else box.get("value", "")
                found[name] = "on" if kind == "checkbox" and not text else text
        for name in self.streams:
            found |= stream(name, *self.blocks(name))
        return found

    @property
    def streams(self):
        """The stream fields, by name: what is written out by a script."""
        return {block.get("id"): block for block in self.form.findall(".//*[@data-block]")}

    def blocks(self, name):
        """The blocks of a stream field as (type, value)."""
        given, *_ = self.arguments(name)
        return [(child["type"], child["value"]) for child in given]

    def arguments(self, name):
        return json.loads(self.streams[name].get("data-w-block-arguments-value"))

    def send(self, button="", **typed):
        """Send the form with what is typed; None clears a field. A button without a name saves a draft."""
        values = self.values | typed
        if button:
            values[button] = button
        sent = {name: value for name, value in values.items() if value is not None}
        return self.client.post(self.answer.request["PATH_INFO"], sent)

    def box(self, name):
        """The attributes of what has this name, or None."""
        return next((box.attrib for box in self.form.iter() if box.get("name") == name), None)

    @property
    def sentences(self):
        """What stands beside the fields, by their names."""
        found = {}
        for errors in self.form.findall(".//*[@data-field-errors]"):
            if text := " ".join(words(errors).replace("Error:", "").split()):
                wrapper = next(above for above in errors.iterancestors() if "data-field-wrapper" in above.attrib)
                box = next(wrapper.iter(*BOXES), None)
                found[wrapper.find(".//*[@data-block]").get("id") if box is None else box.get("name")] = text
        for name in self.streams:
            _, *errors = self.arguments(name)
            if text := " ".join(messages_in(errors)):
                found[name] = text
        return found

    @property
    def notes(self):
        """What stands at the top of the page."""
        return [words(note) for messages in self.page.find_class("messages") for note in messages.iter("li")]

    @property
    def text(self):
        return words(self.page)

    @property
    def required(self):
        names = {box.get("name") for box in self.form.iter(*BOXES) if "required" in box.attrib}
        return {name for name in names if not name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS"))}


def words(element):
    return " ".join(" ".join(element.xpath(".//text()[not(parent::script or parent::style)]")).split())


def messages_in(errors):
    """The sentences somewhere in the errors of a stream field's blocks."""
    if isinstance(errors, dict):
        yield from errors.get("messages", [])
        errors = list(errors.values())
    for error in errors if isinstance(errors, list) else []:
        yield from messages_in(error)


def stream(name, *blocks):
    """The fields of a stream field, from (type, value) pairs."""
    return nested_form_data({name: streamfield(blocks)})


def rows(name, *entries):
    """The fields of rows that a script adds to a form."""
    return nested_form_data({name: inline_formset(entries)})


def decide(publisher, page, action, comment="", **headers):
    """What a Publisher's click on Approve or on Request changes sends."""
    page = type(page).objects.get(pk=page.pk)
    state = page.current_workflow_task_state
    address = f"/admin/pages/workflow/action/{page.pk}/{action}/{state.pk}/"
    return publisher.post(address, {"comment": comment}, headers=headers)
