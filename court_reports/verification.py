"""Is this report genuine, current and unaltered? Answered for anyone, about nothing else.

A report of a sealed or forgotten case answers exactly as an unknown one (security.md, decisions):
it is not among those that are looked through, so that neither words nor timing tell them apart.
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from court_reports import content, standing, words
from court_reports.models import Release
from court_reports.snapshot import code_digest, read_code
from lms import crypto


class Answer(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class Result:
    """What may be said. Number and date are on the paper; names only with the case number."""

    answer: Answer
    number: str = ""
    released_at: datetime | None = None
    replaced_by: str = ""
    caption: content.Pairs = ()
    sections: tuple[content.Section, ...] = ()
    title: str = ""
    court: str = ""
    case_number_wrong: bool = field(default=False)


UNKNOWN = Result(Answer.UNKNOWN)


def check(*, code: str = "", case_number: str = "", digest: str = "") -> Result:
    """Answer by code, by the SHA-256 of a file, or by both. With code and case number every fact is restated."""
    if code:
        known = read_code(code)
        if known is None:
            return Result(Answer.MISTYPED)
        return _by_code(known, case_number, digest)
    release = _release_of_file(digest)
    return _standing(release) if release and _readable(release) else UNKNOWN


def _by_code(code: str, case_number: str, digest: str) -> Result:
    # Looked up by a digest of the code: an index cannot leak, by its timing, how near a guess came.
    release = Release.objects.present().with_report().filter(code_digest=code_digest(code)).first()
    if release is None or not _readable(release):
        return UNKNOWN
    if digest and not _is_of(release, digest):
        return Result(Answer.ALTERED)
    result = _standing(release)
    if not case_number:
        return result
    return _restated(release, result, case_number)


def _is_of(release: Release, digest: str) -> bool:
    given = digest.lower()
    known = hmac.compare_digest(given, release.file_digest) or hmac.compare_digest(given, release.filing_digest)
    return known or release.deliveries.filter(digest=given).exists()


def _release_of_file(digest: str) -> Release | None:
    given = digest.lower()
    if not re.fullmatch(r"[0-9a-f]{64}", given):
        return None
    releases = Release.objects.present().with_report()
    # Last, the marked copies of replaced reports: their digests stand on the ledger.
    ways = (
        releases.filter(**{field: given}).first() for field in ("file_digest", "filing_digest", "deliveries__digest")
    )
    return next(filter(None, ways), None)


def release_of(*, code: str = "", digest: str = "") -> Release | None:
    """The readable release behind a code, or behind a file, for its proof; None exactly where :func:`check` says unknown."""
    known = read_code(code) if code else None
    if known:
        release = Release.objects.present().with_report().filter(code_digest=code_digest(known)).first()
    else:
        release = _release_of_file(digest)
    return release if release and _readable(release) else None


def _readable(release: Release) -> bool:
    """Whether the case has not been sealed."""
    try:
        _ = release.issue
    except crypto.RingKeyMissing:
        raise  # ours to mend: “unknown” would be a false word about a true report
    except (crypto.KeyMissing, crypto.Tampered):
        return False
    return True


def _standing(release: Release) -> Result:
    stands = standing.of(release)
    return Result(Answer(stands.status), release.number, release.released_at, stands.by_number)


def _restated(release: Release, result: Result, case_number: str) -> Result:
    facts, issue = release.report.facts, release.issue
    known = _plain(facts.caption.case_number or facts.caption.reference)
    if not hmac.compare_digest(_plain(case_number).encode(), known.encode()):
        return Result(result.answer, result.number, result.released_at, result.replaced_by, case_number_wrong=True)
    return Result(
        result.answer,
        result.number,
        result.released_at,
        result.replaced_by,
        caption=content.caption(facts, issue),
        sections=content.sections(facts, issue),
        title=words.title(facts),
        court=facts.caption.court,
    )


def _plain(case_number: str) -> str:
    """Case numbers are compared by letters and digits alone: clerks punctuate differently."""
    return re.sub(r"[^0-9A-Z]", "", case_number.upper())
