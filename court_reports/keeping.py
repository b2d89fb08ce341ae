"""What reports hold about one case, and how they are put away and forgotten. Register and ledger stay."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from court_reports import content, destruction, storage
from court_reports.actions import draft
from court_reports.delivery_words import how
from court_reports.models import (
    CourtLink,
    Delivery,
    KeptAnswer,
    RegisterEntry,
    Release,
    Report,
    Revocation,
    WebhookCall,
)
from lms.keeping import certificates, classes, shredders
from lms.keeping.shredders import Document, File, Shredder, Word
from lms.keeping.telling import table, value
from lms.referrals.models import Referral

DATA = {
    "court_reports.Report": {
        "identity": "sealed_facts",
        "narrative": "sealed_answer",
        "security": "sealed_salt",
        "compliance": "kind period_from period_to owed_on as_of drafted_at shown_at answer_by answered_at first_release_at "
        "discarded_at",
        "derived": "id referral schedule_key hearing supersedes drafted_by commitment first_release_by discarded_by",
    },
    "court_reports.Release": {
        "identity": "sealed_issue",
        "security": "code_digest",
        "compliance": "year sequence number released_at",
        "derived": "id report program released_by second_by unsigned_digest file_digest filing_digest size signer",
    },
    "court_reports.RegisterEntry": {
        "compliance": "kind number at",
        "derived": "position release commitment file_digest filing_digest previous line hash proof",
    },
    "court_reports.PublishedHead": {"public": "day position hash published_at"},
    "court_reports.HeadSubscriber": {
        "identity": "email",
        "security": "digest",
        "derived": "id language asked_at confirmed_at",
    },
    "court_reports.RegisterVerification": {"derived": "id at position hash broken"},
    "court_reports.Delivery": {"identity": "recipient", "compliance": "step how at", "derived": "id release by digest"},
    "court_reports.CourtLink": {
        "identity": "address",
        "security": "token_digest",
        "derived": "id release made_at expires_at renews",
    },
    "court_reports.Revocation": {
        "narrative": "what_is_wrong",
        "compliance": "reason proposed_at lapses_at confirmed_at withdrawn_at",
        "derived": "id release proposed_by confirmed_by",
    },
    "court_reports.WebhookCall": {
        "derived": "id release event made_at tries next_at tried_at answer taken_at gave_up_at"
    },
    "court_reports.CourtToken": {
        "security": "digest last_used_at",
        "derived": "id court account scopes made_at made_by expires_at revoked_at revoked_by",
    },
    # The answer speaks of a case, sealed under its key, and is kept for a day.
    "court_reports.KeptAnswer": {
        "identity": "sealed_answer",
        "derived": "id token key_digest request_digest made_at referral status",
    },
    "court_reports.CourtDesk": {"security": "feed_key", "derived": "id user looked_at new_since"},
}
WORDS = {
    "drafts": Word(gettext_lazy("drafts of reports")),
    "report_facts": Word(gettext_lazy("facts of released reports")),
    "report_files": Word(gettext_lazy("files of released reports")),
    "register_lines": Word(
        gettext_lazy("lines of the register of reports"),
        gettext_lazy("numbers, moments and digests alone; without them the register could not be proved"),
    ),
    "links": Word(gettext_lazy("links by which a court opens a report, calls to its system, and answers kept for it")),
    "deliveries": Word(
        gettext_lazy("entries of the delivery ledger"),
        gettext_lazy("who at the court was told and opened what, by digest"),
    ),
}
SHELF = "reports"


def preview(referral: Referral) -> dict[str, int]:
    releases = _releases(referral)
    return {
        "drafts": Report.objects.filter(referral=referral, release=None).count(),
        "report_facts": releases.count(),
        "report_files": len(_digests(referral)),
        "register_lines": RegisterEntry.objects.filter(release__in=releases).count(),
        "links": CourtLink.objects.filter(release__in=releases).count()
        + WebhookCall.objects.filter(release__in=releases).count()
        + KeptAnswer.objects.filter(referral=referral).count(),
        "deliveries": Delivery.objects.filter(release__in=releases).count(),
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Facts and answers of released reports are sealed, in rows nobody may change: their key is destroyed."""
    Report.objects.filter(referral=referral, release=None).delete()
    links = CourtLink.objects.filter(release__in=_releases(referral))
    links.update(renews=None)
    links.delete()
    WebhookCall.objects.filter(release__in=_releases(referral)).delete()
    KeptAnswer.objects.filter(referral=referral).delete()
    return [File(SHELF, digest) for digest in _digests(referral) if storage.exists(digest)]


def _delete(digest: str) -> None:
    storage.destroy(digest)


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    """What went to the court, and what was shown to the person before it goes. No draft that nobody has shown them: it
    may still change, and nobody has signed for it."""
    told = Q(release__isnull=False) | Q(shown_at__isnull=False)
    reports = list(Report.objects.filter(told, referral=referral).select_related("release", "referral__court__profile"))
    reports.sort(key=lambda report: report.drafted_at)
    releases = [report.release for report in reports if report.is_released]
    yield Document(
        "reports",
        _("Reports to the court"),
        table(
            reports,
            {
                _("Number"): lambda report: report.release.number if report.is_released else "",
                _("Kind"): "kind",
                _("From"): "period_from",
                _("To"): "period_to",
                _("As of"): "as_of",
                _("The court wants it by"): "owed_on",
                _("Drafted"): "drafted_at",
                _("Shown to you"): "shown_at",
                _("Your answer was waited for until"): "answer_by",
                _("Your answer"): "answer",
                _("Answered"): "answered_at",
                _("Signed by the first of two"): "first_release_at",
                _("Released"): lambda report: report.release.released_at if report.is_released else "",
                _("Put aside"): "discarded_at",
            },
        ),
    )
    yield Document(
        "notices-not-sent",
        _("What stands in notices that you were shown and that have not gone"),
        [line for report in reports if not report.is_released for line in _in_words(report)],
    )
    lines = RegisterEntry.objects.filter(release__in=releases)
    yield Document(
        "register",
        _("Lines of the register of reports"),
        table(lines, {_("When"): "at", _("Number"): "number", _("What"): "kind"}),
    )
    yield Document(
        "deliveries",
        _("What became of the reports"),
        table(
            Delivery.objects.filter(release__in=releases).select_related("release"),
            {
                _("When"): "at",
                _("Number"): lambda row: row.release.number,
                _("What"): "step",
                _("How"): lambda row: how(row.how),
                _("Who, without an account"): "recipient",
            },
        ),
    )
    revocations = Revocation.objects.filter(release__in=releases)
    yield Document(
        "revoked",
        _("Reports that were revoked, or were to be"),
        table(
            revocations.select_related("release__report"),
            {
                _("Number"): lambda row: row.release.number,
                _("Reason"): lambda row: row.get_reason_display(),
                _("What was wrong"): "what_is_wrong",
                _("Proposed"): "proposed_at",
                _("Valid until"): "lapses_at",
                _("Confirmed"): "confirmed_at",
                _("Withdrawn"): "withdrawn_at",
            },
        ),
    )
    links = CourtLink.objects.filter(release__in=releases).select_related("release")
    yield Document(
        "links",
        _("Links by which a court could open them"),
        table(
            links,
            {
                _("When"): "made_at",
                _("Number"): lambda row: row.release.number,
                _("Mailed to"): "address",
                _("Worked until"): "expires_at",
            },
        ),
    )
    for release in releases:
        data = storage.read(release.file_digest, subject=referral.subject)
        yield Document(f"report-{release.number}", release.report.get_kind_display(), data=data, extension="pdf")


def _in_words(report: Report) -> Iterable[dict[str, str]]:
    """The sections of a draft, as the page shows them where it can be answered; but for who referred and who drafted it."""
    for section in content.sections(report.facts, draft.a_draft_issue(report)):
        if section.title == content.CERTIFICATION:
            continue
        yield from (_line(report, section.title, words) for words in (*section.paragraphs, section.quote) if words)
        yield from (
            _line(report, section.title, f"{name}: {words}")
            for name, words in section.pairs
            if name != content.REFERRED_BY
        )
        rows = section.grid.rows if section.grid else ()
        yield from (_line(report, section.title, " · ".join(row)) for row in rows)
        yield from (_line(report, section.title, words) for words in section.items)


def _line(report: Report, part: str, words: str) -> dict[str, str]:
    return {
        _("Drafted"): value(report.drafted_at),
        _("Kind"): report.get_kind_display(),
        _("Part"): part,
        _("Words"): words,
    }


def _releases(referral: Referral) -> QuerySet[Release]:
    return Release.objects.filter(report__referral=referral)


def _digests(referral: Referral) -> list[str]:
    pairs = _releases(referral).values_list("file_digest", "filing_digest")
    return [digest for pair in pairs for digest in pair if digest]


def register() -> None:
    classes.declare(DATA)
    shredders.register("court_reports", Shredder(WORDS, preview, shred, copy=copy, order=30))
    shredders.register_store(SHELF, _delete)
    certificates.drawn_by(destruction.draw)
