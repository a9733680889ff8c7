"""What matters for the safety of the site, a JSON line each: who signed in or failed to, whose role changed, what was
published, what was exported."""

import logging
from functools import partial

from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa import signals as second_factor
from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import m2m_changed, post_save, pre_save
from wagtail.models import ModelLogEntry, PageLogEntry

from .policies import STAFF_PATH

logger = logging.getLogger("audit")
User = get_user_model()


def record(event, user=None, **details):
    logger.info(event, extra=described(user, details))


def described(user, details):
    address = {"address": get_client_ip(context.request)} if context.request else {}
    return {"user": user and user.get_username(), **details, **address}


def _signed_in(user, **kwargs):
    record("sign_in", user)


def _signed_out(user, **kwargs):
    record("sign_out", user)


def _failed(credentials, **kwargs):
    # Only a name that exists: people type passwords into this field too.
    record("sign_in_failed", User.objects.filter(username=credentials.get("username")).first())


def _locked_out(username, **kwargs):
    record("locked_out", User.objects.filter(username=username).first())


def _code_failed(user, **kwargs):
    record("code_failed", user)


def _second_factor_added(user, authenticator, **kwargs):
    record("second_factor_added", user, kind=authenticator.type)


def _codes_renewed(user, authenticator, **kwargs):
    record("recovery_codes_renewed", user)


def _second_factor_removed(user, authenticator, **kwargs):
    record("second_factor_removed", user, kind=authenticator.type, of=authenticator.user.get_username())


def _groups_changed(instance, action, pk_set, reverse, **kwargs):
    if action in ("post_add", "post_remove", "pre_clear"):
        model = User if reverse else Group
        others = model.objects.filter(pk__in=pk_set) if pk_set else ()
        record("role_changed", who(), of=str(instance), change=action, others=sorted(map(str, others)))


def _powers_changed(instance, raw, **kwargs):
    before = User.objects.filter(pk=instance.pk).values("is_superuser", "is_active").first() or {"is_superuser": False}
    changed = {name: getattr(instance, name) for name, value in before.items() if getattr(instance, name) != value}
    if changed and not raw:
        record("role_changed", who(), of=instance.get_username(), **changed)


def _done(instance, created, **kwargs):
    """Whatever somebody does that Wagtail keeps in its own log: publish, schedule, delete, changes of accounts …"""
    if created and instance.user:
        kind = instance.content_type.model if instance.content_type_id else None
        details = described(instance.user, {"kind": kind, "id": str(instance.object_id), "label": instance.label})
        # What is taken back has not been done.
        transaction.on_commit(partial(logger.info, instance.action, extra=details), robust=True)


def who():
    user = getattr(context.request, "user", None)
    return user if user and user.is_authenticated else None


def connect():
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked_out)
    second_factor.authentication_failed.connect(_code_failed)
    second_factor.authenticator_added.connect(_second_factor_added)
    second_factor.authenticator_removed.connect(_second_factor_removed)
    second_factor.authenticator_reset.connect(_codes_renewed)
    m2m_changed.connect(_groups_changed, sender=User.groups.through)
    pre_save.connect(_powers_changed, sender=User)
    post_save.connect(_done, sender=PageLogEntry)
    post_save.connect(_done, sender=ModelLogEntry)


class ExportMiddleware:
    """A table that leaves the admin is recorded."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path_info.startswith(STAFF_PATH) and "attachment" in response.get("Content-Disposition", ""):
            record("export", who(), path=request.get_full_path())
        return response
