"""How staff get in: a password and a second factor, and no more than a few guesses of either."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.utils import get_login_redirect_url
from allauth.account.views import login
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import logout
from django.db.models import Sum
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

STAFF = "wagtailadmin.access_admin"
# What staff without a second factor reach where it is required.
SETTING_UP = ("/admin/second-factor/", "/admin/reauthenticate/", "/admin/login/", "/admin/logout/")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Wrong passwords are counted by django-axes, in the database; allauth's own limit is left to the codes."""

    def is_safe_url(self, url):
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


class LoginForm(AllauthLoginForm):
    def login(self, request, redirect_url=None):
        if request.user.is_authenticated:
            logout(request)
        answer = super().login(request, redirect_url)
        # A moment, not a number of seconds: those would begin anew with each change of the session.
        request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return answer


def counted_address(request):
    """Of an IPv6 address the network: whoever has one has all of its addresses."""
    address = get_client_ip(request)
    return address and truncate_ip(address)


class LockOut(AxesDatabaseHandler):
    """Five failures for one name from one address, or twenty from one address for whatever names."""

    def get_failures(self, request, credentials=None):
        from_there = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        ).aggregate(failures=Sum("failures_since_start", default=0))
        share = from_there["failures"] * settings.AXES_FAILURE_LIMIT // settings.FAILURES_OF_AN_ADDRESS
        return max(super().get_failures(request, credentials), share)


def sign_in(request):
    """The form; staff who are signed in already go on. Whoever may only read private pages can become someone else."""
    if request.method == "GET" and request.user.has_perm(STAFF):
        return HttpResponseRedirect(get_login_redirect_url(request))
    return login(request)


# In this session: another that knows no more than the password gets no further when its owner sets up a phone.
PROVED = "second_factor_proved"


class ActivateTOTPForm(AllauthActivateTOTPForm):
    def clean_code(self):
        code = super().clean_code()
        context.request.session[PROVED] = True
        return code


def _used(request, **kwargs):
    request.session[PROVED] = True


def connect():
    authenticator_used.connect(_used)


class SecondFactorMiddleware:
    """Where the site is behind https, staff set up a second factor and prove it before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Without a cookie nobody is signed in, and the answer does not depend on cookies.
        if (
            settings.SECOND_FACTOR_REQUIRED
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and not request.path_info.startswith(SETTING_UP)
            and request.user.has_perm(STAFF)
        ):
            if not has_second_factor(request.user):
                return redirect("mfa_activate_totp")
            if PROVED not in request.session:
                return redirect("mfa_reauthenticate")
        return self.get_response(request)


def has_second_factor(user):
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])
