"""A form of the admin as a browser holds it: what it was given, changed by what somebody types."""

import json

from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from tests.html import parsed


class Form:
    def __init__(self, client, answer):
        self.client = client
        self.answer = answer
        assert answer.status_code == 200, answer
        self.page = parsed(answer.content)
        # Templates of rows that a script would add.
        for template in self.page.find_all("template"):
            template.extract()
        self.form = self.page.find("form", attrs={"data-edit-form": True}) or self.page.find("main").find("form")
        assert self.form, "there is no form"

    @classmethod
    def open(cls, client, address):
        return cls(client, client.get(address))

    @property
    def values(self):
        """What the browser would send if nothing were typed."""
        found = {}
        for box in self.form.find_all(["input", "select", "textarea"]):
            name, kind = box.get("name"), box.get("type")
            if not name or kind == "submit" or (kind in ("checkbox", "radio") and not box.has_attr("checked")):
                continue
            if box.name == "select":
                chosen = [option["value"] for option in box.find_all("option", selected=True)]
                found[name] = chosen if box.has_attr("multiple") else (chosen or [box.option["value"]])[0]
            else:
                # A browser leaves out the first line end of a textarea.
                text = box.text.removeprefix("\n") if box.name == "textarea" else box.get("value", "")
                found[name] = "on" if kind == "checkbox" and not text else text
        for block in self.form.find_all(attrs={"data-block": True}):
            found |= stream(block["id"], *self.blocks(block["id"]))
        return found

    def blocks(self, name):
        """The blocks of a stream field as (type, value); they are written out by a script."""
        given, *_ = self.arguments(name)
        return [(child["type"], child["value"]) for child in given]

    def arguments(self, name):
        return json.loads(self.form.find(attrs={"data-block": True}, id=name)["data-w-block-arguments-value"])

    def send(self, button="", **typed):
        """Send the form with what is typed; None clears a field. A button without a name saves a draft."""
        values = self.values | typed
        if button:
            values[button] = button
        sent = {name: value for name, value in values.items() if value is not None}
        return self.client.post(self.answer.request["PATH_INFO"], sent)

    def box(self, name):
        return self.form.find(attrs={"name": name})

    @property
    def sentences(self):
        """What stands beside the fields, by their names."""
        found = {}
        for errors in self.form.find_all(attrs={"data-field-errors": True}):
            if text := " ".join(errors.get_text(" ").replace("Error:", "").split()):
                wrapper = errors.find_parent(attrs={"data-field-wrapper": True})
                box = wrapper.find(["input", "select", "textarea"]) or wrapper.find(attrs={"data-block": True})
                found[box.get("name") or box["id"]] = text
        for block in self.form.find_all(attrs={"data-block": True}):
            _, *errors = self.arguments(block["id"])
            if text := " ".join(messages_in(errors)):
                found[block["id"]] = text
        return found

    @property
    def notes(self):
        """What stands at the top of the page."""
        return [" ".join(note.get_text(" ").split()) for note in self.page.select(".messages li")]

    @property
    def text(self):
        return " ".join(self.page.get_text(" ").split())

    @property
    def required(self):
        return {
            box["name"]
            for box in self.form.find_all(["input", "select", "textarea"], required=True)
            if not box["name"].endswith(("-TOTAL_FORMS", "-INITIAL_FORMS"))
        }


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
