"""Change notes: what a publication changed in the figures that donors rely on, with a sentence of the editor's.

Wagtail has several ways to publish (form, approval, schedule, bulk, revert) with one signal in common: it writes them.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .choices import Basis, Role
from .money import Money

LABELS = {
    "budget": _("Budget"),
    "start_year": _("Start year"),
    "end_year": _("End year"),
    "funders": _("Funded or supported by"),
    "leads": _("Led by"),
}


def figures(value, rows):
    """What a change of needs a note, in a form that JSON keeps; organisations by their ids.

    `value(name)` and `rows(name)` give the field or the child rows, typed or saved.
    """
    budget = [value("budget_amount"), value("budget_currency"), value("budget_basis")]
    found = {
        "budget": [f"{budget[0]:.2f}", budget[1].upper(), budget[2]] if all(budget) else None,
        "start_year": value("start_year"),
        "end_year": value("end_year"),
    }
    parts = [part for part in rows("participations") if part.organisation_id]
    for name, role in (("funders", Role.FUNDER), ("leads", Role.LEAD)):
        found[name] = sorted({part.organisation_id for part in parts if part.role == role})
    return found


def figures_of(page):
    return figures(lambda name: getattr(page, name), lambda name: list(getattr(page, name).all()))


class ChangeNote(models.Model):
    """The figures of one publication: the first, without old ones, or one that changed them. Never edited."""

    page = models.ForeignKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="change_notes")
    date = models.DateField(_("date"))
    sentence = models.CharField(_("what changed and why"), max_length=300)
    old = models.JSONField(null=True)
    new = models.JSONField()

    class Meta:
        ordering = ["-date", "-pk"]

    def __str__(self):
        return self.sentence

    @property
    def organisations(self):
        return {pk for values in (self.old, self.new) for name in ("funders", "leads") for pk in values[name]}

    def changes(self, names):
        """What differs, in words. `names` are those of the organisations that are public, by id."""
        return [
            Change(label, in_words(name, self.old[name], names), in_words(name, self.new[name], names))
            for name, label in LABELS.items()
            # What differs only in organisations that are hidden now reads alike.
            if in_words(name, self.old[name], names) != in_words(name, self.new[name], names)
        ]


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


def in_words(name, value, names):
    if name == "budget":
        if value is None:
            return _("not published")
        amount, currency, basis = value
        money = Money(Decimal(amount), currency, Basis(basis))
        return f"{money.exact} ({money.basis.label})"
    if isinstance(value, list):
        return ", ".join(sorted(names[pk] for pk in value if pk in names)) or _("not named")
    return str(value)


def write_note(sender, instance, revision, **kwargs):
    """When an initiative has gone live; page_published calls this, also for one that is only scheduled."""
    if not instance.live or not instance.locale.is_default:
        return
    old, new = instance.published_figures, figures_of(instance)
    if old != new:
        sentence = instance.change_note if old else ""
        ChangeNote.objects.create(page=instance, date=timezone.localdate(), sentence=sentence, old=old, new=new)
    # It is said: the next change asks for a sentence of its own, whatever revision it begins with.
    sender.objects.filter(pk=instance.pk).exclude(change_note="").update(change_note="")
    for earlier in instance.revisions.filter(pk__lte=revision.pk).exclude(content__change_note=""):
        earlier.content["change_note"] = ""
        earlier.save(update_fields=["content"])
