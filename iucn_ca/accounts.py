"""The admin's form of a colleague, with a way back for who has lost the phone."""

from allauth.mfa.models import Authenticator
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserEditForm as WagtailUserEditForm
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from .access import has_second_factor
from .audit import record, who


class UserEditForm(WagtailUserEditForm):
    lost_second_factor = forms.BooleanField(
        label=_("Remove the second factor"),
        help_text=_(
            "For whoever has lost the phone and the recovery codes; the password alone opens until a new set-up."
        ),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        own = kwargs.get("editing_self")
        super().__init__(*args, **kwargs)
        if own or not has_second_factor(self.instance):
            del self.fields["lost_second_factor"]

    def save(self, commit=True):
        user = super().save(commit)
        if self.cleaned_data.get("lost_second_factor"):
            Authenticator.objects.filter(user=user).delete()
            record("second_factor_removed", who(), of=user.get_username())
        return user


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update=False):
        return UserEditForm if for_update else super().get_form_class()
