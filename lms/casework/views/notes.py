"""Writing a note of a class that was chosen before, and correcting one's own."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lms.casework.access import notes_for
from lms.casework.actions import notes
from lms.casework.models import Note, NoteClass
from lms.casework.note_forms import NoteForm
from lms.casework.note_words import MEANING
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.models import Referral


@only(Kind.STAFF)
def write(request: Request, pk: uuid.UUID, kind: str) -> HttpResponse:
    """A new note of this class."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    if kind not in NoteClass.values:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        notes.write(referral=referral, kind=kind, words=form.cleaned_data["words"], by=request.user, now=request.now)
        messages.success(request, _("The note is kept."))
        return redirect("referrals:case", pk=referral.pk)
    return _page(request, referral, NoteClass(kind), form, _("Write a note"))


@only(Kind.STAFF)
def correct(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A newer note in the place of one's own; the older one stays and is marked."""
    note: Note = get_object_or_404(notes_for(request.user).filter(written_by=request.user), pk=pk)
    form = NoteForm(request.POST or None, initial={"words": note.words})
    if request.method == "POST" and form.is_valid():
        try:
            notes.correct(note=note, words=form.cleaned_data["words"], by=request.user, now=request.now)
        except notes.Corrected:
            messages.info(request, _("This note has been corrected already."))
        else:
            messages.success(request, _("The note is corrected. The older one stays, marked as corrected."))
        return redirect("referrals:case", pk=note.referral_id)
    return _page(request, note.referral, NoteClass(note.kind), form, _("Correct a note"))


def _page(request: Request, referral: Referral, kind: NoteClass, form: NoteForm, title: str) -> HttpResponse:
    context = {"referral": referral, "kind": kind, "meaning": MEANING[kind], "form": form, "title": title}
    return render(request, "facilitate/cases/note.html", context)
