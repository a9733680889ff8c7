"""The app's models, each where it is read: the page types one by one, what belongs to one initiative in rows.py."""

from .changes import ChangeNote
from .directory import InitiativeIndexPage
from .initiative import InitiativePage, Theme
from .organisations import OrganisationIndexPage, OrganisationPage
from .rows import InitiativeDocument, InitiativeSource, Participation, Target

__all__ = [
    "ChangeNote",
    "InitiativeDocument",
    "InitiativeIndexPage",
    "InitiativePage",
    "InitiativeSource",
    "OrganisationIndexPage",
    "OrganisationPage",
    "Participation",
    "Target",
    "Theme",
]
