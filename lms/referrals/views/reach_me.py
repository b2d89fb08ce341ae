"""“How we reach you”: the telephone number a person adds, shows to be theirs, and takes back."""

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lms import crypto
from lms.outbox import numbers
from lms.outbox.models import ContactNumber, Ended, Wish
from lms.outbox.rules.numbers import NotANumber, e164, ending
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals.access import zone_of

DOORS = (Kind.RESPONSIBLE_PARTY, Kind.STAFF, Kind.COURT)
CODES = "6/h/user"
A_ZONE = "America/New_York"


class WishForm(forms.Form):
    wish = forms.ChoiceField(
        label=gettext_lazy("How should we tell you that something waits?"), choices=Wish.choices,
        widget=forms.RadioSelect, initial=Wish.BOTH,
    )  # fmt: skip


class NumberForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Mobile telephone number"),
        help_text=gettext_lazy("For example (555) 010-0199. A number of another country begins with + and its code."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    wish = forms.ChoiceField(
        label=gettext_lazy("How should we tell you that something waits?"),
        choices=[choice for choice in Wish.choices if choice[0] != Wish.EMAIL],
        widget=forms.RadioSelect,
        initial=Wish.BOTH,
    )

    def clean_number(self) -> str:
        try:
            return e164(self.cleaned_data["number"])
        except NotANumber as problem:
            raise forms.ValidationError(
                _("This is not a telephone number we can text. Ten digits, or + and the code of the country.")
            ) from problem


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits we texted you"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


@only(*DOORS)
@require_http_methods(["GET", "POST"])
def reach_me(request: Request) -> HttpResponse:
    """See how you are reached; POST a number to get a code there."""
    if request.method != "POST":
        return _page(request)
    form = NumberForm(request.POST)
    if not form.is_valid() or not numbers.may_be_texted(request.user):
        return _page(request, number_form=form)
    if limited := ratelimit.consume_or_429(request, action="number", config={"number": CODES}, user=request.user):
        return limited
    clean = form.cleaned_data
    try:
        numbers.ask(
            user=request.user, typed=clean["number"], wish=clean["wish"], zone=_zone(request.user), now=request.now
        )
    except numbers.TooSoon:
        form.add_error(None, _("We sent a code less than a minute ago. Wait a moment, then ask again."))
        return _page(request, number_form=form)
    messages.success(request, _("A code is on its way to your telephone."))
    return redirect("referrals:reach_me")


@only(*DOORS)
@require_POST
def code(request: Request) -> HttpResponse:
    """Show that the telephone is yours."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            numbers.confirm(user=request.user, code=form.cleaned_data["code"], now=request.now)
        except numbers.WrongCode:
            form.add_error("code", _("This code does not fit, or it is too old. Look again, or ask for a new one."))
        else:
            messages.success(request, _("Your number is confirmed."))
            return redirect("referrals:reach_me")
    return _page(request, code_form=form)


@only(*DOORS)
@require_POST
def wish(request: Request) -> HttpResponse:
    """Change how you are told."""
    form = WishForm(request.POST)
    if not form.is_valid():
        return _page(request, wish_form=form)
    numbers.choose(user=request.user, wish=form.cleaned_data["wish"], now=request.now)
    messages.success(request, _("Saved."))
    return redirect("referrals:reach_me")


@only(*DOORS)
@require_POST
def off(request: Request) -> HttpResponse:
    """No more text messages; the number is deleted."""
    row = ContactNumber.objects.filter(user=request.user).first()
    if row is not None:
        numbers.end(row=row, why=Ended.TURNED_OFF, by=request.user, now=request.now)
    messages.success(request, _("We text you no more, and your number is deleted."))
    return redirect("referrals:reach_me")


def _page(request: Request, **forms_given: forms.Form) -> HttpResponse:
    row = ContactNumber.objects.filter(user=request.user).first()
    confirmed = row is not None and row.is_confirmed
    context = {
        "texted": numbers.may_be_texted(request.user),
        "row": row,
        "confirmed": confirmed,
        "asked": row is not None and row.confirmed_at is None and row.ended_at is None,
        "ending": _ending(row) if confirmed else "",
        "number_form": NumberForm(),
        "code_form": CodeForm(),
        "wish_form": WishForm(initial={"wish": row.wish} if row else None),
    }
    return render(request, "account/reach_me.html", context | forms_given)


def _ending(row: ContactNumber | None) -> str:
    """The last digits; nothing where the key that would open it is missing."""
    try:
        return ending(str(row.number)) if row else ""
    except (crypto.KeyMissing, crypto.Tampered):
        return ""


def _zone(user: User) -> str:
    """Where this person's nights are."""
    return zone_of(user) or A_ZONE
