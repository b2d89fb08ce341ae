"""The register: numbered, hash-chained, append-only (security.md 2.6).

It chains commitments, not facts: when a person's key is destroyed the chain still verifies,
and nothing in it can be guessed back into a name. Each line carries a proof, made with the journal's key: whoever has
the database and not the ring cannot write it anew. And the journal, a chain of its own, has to say the same.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, OuterRef

from court_reports import signing, storage
from court_reports.models import Entry, PublishedHead, RegisterEntry, RegisterVerification, Release
from court_reports.snapshot import commitment
from lms import crypto
from lms.journal import journal, verification
from lms.journal.models import Event
from lms.keeping.models import BROUGHT_BACK, EXPUNGED, SEALED

GENESIS = "0" * 64
LOCK = 7_034_417  # any constant: the one advisory lock of the register
CHUNK = 500
# Of so many lines a night reads the facts and files; of all of them the chain, the proofs and what the journal says.
NEWEST = 500
# What the journal calls a line of each kind.
EVENTS = {Entry.ISSUED: "report.released", Entry.REVOKED: "report.revoked", Entry.REPLACED: "report.replaced"}
REPORT = "court_reports.report"
LATER = "later:"

CUT = "the end of the register was cut off"


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the register does not hold, and how. ``position`` 0: nowhere in particular."""

    position: int
    number: str
    why: str

    def __str__(self) -> str:
        where = [f"line {self.position}"] if self.position else []
        where += [f"({self.number})"] if self.number else []
        return f"{' '.join(where)}: {self.why}" if where else self.why


def lock() -> None:
    """One appender at a time, until the transaction ends. SQLite's immediate transactions are one already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def next_sequence(*, program_id: UUID, year: int) -> int:
    """The next number of a program's year, without gaps. Call under :func:`lock`."""
    last = Release.objects.filter(program=program_id, year=year).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def append(*, release: Release, kind: str, now: datetime) -> RegisterEntry:
    """Enter a release. Call under :func:`lock`, in the transaction of the release itself."""
    last = RegisterEntry.objects.order_by("-position").first()
    entry = RegisterEntry(
        position=last.position + 1 if last else 1,
        kind=kind,
        release=release,
        number=release.number,
        commitment=release.report.commitment,
        file_digest=release.file_digest,
        filing_digest=release.filing_digest,
        at=now,
        previous=last.hash if last else GENESIS,
    )
    entry.line = line_digest(entry)
    entry.hash = entry_hash(entry)
    if keyed := journal.digest():  # without it verify names the line: better than no report
        entry.proof = keyed(_proof_text(entry))
    entry.save(force_insert=True)
    return entry


def parts(entry: RegisterEntry) -> dict[str, str | int]:
    """What a line says, in the spelling that is digested. The moment is UTC, to the microsecond."""
    return {
        "position": entry.position,
        "kind": entry.kind,
        "number": entry.number,
        "commitment": entry.commitment,
        "file_digest": entry.file_digest,
        "filing_digest": entry.filing_digest,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def line_digest(entry: RegisterEntry) -> str:
    """SHA-256 of what the line says alone, hex: others can be led along the chain without being told what is in it."""
    said = "\n".join(str(part) for part in parts(entry).values())
    return hashlib.sha256(f"amends register line\n{said}".encode()).hexdigest()


def entry_hash(entry: RegisterEntry) -> str:
    """H(previous, digest of the line), hex. Lines from before lines had digests: H(previous, what they say)."""
    if entry.line:
        return hashlib.sha256(f"amends register\n{entry.previous}\n{entry.line}".encode()).hexdigest()
    return hashlib.sha256("\n".join([entry.previous, *map(str, parts(entry).values())]).encode()).hexdigest()


def chain_state() -> tuple[bool, int, str]:
    """Whether every line follows from the one before, how many there are, and the last hash. Cheap: no file is read."""
    holds, previous, lines = True, GENESIS, 0
    for lines, entry in enumerate(RegisterEntry.objects.order_by("position").iterator(chunk_size=500), start=1):
        holds &= entry.position == lines and entry.previous == previous and _is_itself(entry)
        previous = entry.hash
    return holds, lines, previous


def head() -> verification.Head:
    """The newest line, or position 0 when there is none."""
    last = RegisterEntry.objects.order_by("-position").first()
    return verification.Head(last.position, last.hash) if last else verification.Head(0, GENESIS)


def proved_later() -> int:
    """Up to which line the register was written before lines carried proofs: for those the proof vouches no earlier."""
    last = RegisterEntry.objects.filter(proof__startswith=LATER).aggregate(last=Max("position"))["last"]
    return last or 0


def verify_and_note(*, now: datetime) -> tuple[RegisterVerification, list[Broken]]:
    """What a night looks at, and remember that it was done."""
    end = head()
    broken = verify_chain(newest=NEWEST)
    row = RegisterVerification.objects.create(at=now, position=end.position, hash=end.hash, broken=len(broken))
    return row, broken


def verify_chain(
    *, files: bool = True, heads: Sequence[verification.Head] = (), newest: int | None = None
) -> list[Broken]:
    """Every place where the register does not hold: rows, proofs, the journal's word, files, signatures, facts.

    A key ring that is not here is one line, however many reports it keeps from being looked at. ``heads``: those kept
    outside. ``newest``: of so many lines, from the end, facts and files are opened.
    """
    broken: list[Broken] = []
    keyed = journal.digest() if RegisterEntry.objects.exists() else None
    opened_from = head().position - newest if newest is not None else 0
    previous, expected, unopened = GENESIS, 1, 0
    for entry, event in _with_events():
        if entry.position != expected:
            broken.append(Broken(expected, "", "a line was removed here"))
            expected = entry.position
        whys = _check_line(entry, previous, keyed) + _check_event(entry, event, keyed)
        if entry.kind == Entry.ISSUED:
            found, is_opened = _check(entry, files=files, facts=entry.position > opened_from)
            whys += found
            unopened += not is_opened
        broken += [Broken(entry.position, entry.number, why) for why in whys]
        previous, expected = entry.hash, expected + 1
    if unopened:
        broken.append(Broken(0, "", f"the key ring lacks a key: what {unopened} reports say was not verified"))
    elif keyed is None and expected > 1:
        broken.append(Broken(0, "", "the journal’s key cannot be used: no line’s proof was verified"))
    unregistered = Release.objects.exclude(entries__kind=Entry.ISSUED).values_list("number", flat=True)
    broken += [Broken(0, number, "was released without a line in the register") for number in unregistered]
    return [*broken, *_only_in_the_journal(), *_unsaid(), *_not_there(heads)]


def _with_events() -> Iterator[tuple[RegisterEntry, Event | None]]:
    """Lines, each with what the journal says of it."""
    entries = RegisterEntry.objects.select_related("release__report").order_by("position").iterator(chunk_size=CHUNK)
    while chunk := list(islice(entries, CHUNK)):
        ids = [str(entry.release.report_id) for entry in chunk]
        told = Event.objects.filter(on_label=REPORT, on_id__in=ids, kind__in=EVENTS.values()).order_by("-pk")
        events = {(event.kind, event.on_id): event for event in told}
        yield from ((entry, events.get((EVENTS[Entry(entry.kind)], str(entry.release.report_id)))) for entry in chunk)


def _only_in_the_journal() -> list[Broken]:
    """Reports that left, says the journal, and of which there is neither release nor line: an end that was cut off."""
    released = Event.objects.filter(on_label=REPORT, kind=EVENTS[Entry.ISSUED]).order_by("pk")
    there = {str(pk) for pk in Release.objects.values_list("report_id", flat=True)}
    why = "was released, says the journal, and the register has no line of it"
    told = released.values_list("on_id", "data").iterator(chunk_size=CHUNK)
    found = [Broken(0, str(data.get("number", "")), why) for on_id, data in told if on_id not in there]
    for kind in (Entry.REVOKED, Entry.REPLACED):
        lines = RegisterEntry.objects.filter(kind=kind).count()
        acts = Event.objects.filter(on_label=REPORT, kind=EVENTS[kind]).count()
        if acts > lines:
            why = f"{acts} reports were {kind}, says the journal, and {lines} are in the register"
            found.append(Broken(0, "", why))
    return found


def _unsaid() -> list[Broken]:
    """Reports that were replaced since lines have digests, without a line right after that says so."""
    later = RegisterEntry.objects.filter(kind=Entry.ISSUED, release__report__supersedes__isnull=False).exclude(line="")
    said = RegisterEntry.objects.filter(
        kind=Entry.REPLACED, position=OuterRef("position") + 1, release__report=OuterRef("release__report__supersedes")
    )
    return [
        Broken(entry.position, entry.number, "it replaced a report, and the next line does not say so")
        for entry in later.filter(~Exists(said))
    ]


def _not_there(heads: Sequence[verification.Head]) -> list[Broken]:
    """Of the heads kept outside each, and of those noted or published here the first, that is not there any more."""
    there = RegisterEntry.objects.filter(position=OuterRef("position"), hash=OuterRef("hash"))
    noted = RegisterVerification.objects.exclude(position=0).filter(~Exists(there)).order_by("position", "pk")[:1]
    published = PublishedHead.objects.exclude(position=0).filter(~Exists(there)).order_by("day")[:1]
    gone = sorted({*noted.values_list("position", flat=True), *published.values_list("position", flat=True)})
    for kept in heads:
        if kept.position and not RegisterEntry.objects.filter(position=kept.position, hash=kept.hash).exists():
            gone.append(kept.position)
    end = head().position
    return [Broken(n, "", CUT if n > end else "this is not the line whose hash was kept") for n in gone]


def _check_line(entry: RegisterEntry, previous: str, keyed: journal.Digest | None) -> list[str]:
    if entry.previous != previous or not _is_itself(entry):
        return ["this line, or the one before it, was changed"]
    if keyed is None:
        return []
    later = entry.proof.startswith(LATER)
    proof = keyed(_later_text(entry) if later else _proof_text(entry))
    if secrets.compare_digest(entry.proof.removeprefix(LATER), proof):
        return []
    if entry.proof:
        return ["this line was written anew by somebody without the key"]
    return ["this line was written while the journal’s key could not be used, or was inserted"]


def _is_itself(entry: RegisterEntry) -> bool:
    return entry.hash == entry_hash(entry) and entry.line in ("", line_digest(entry))


def _proof_text(entry: RegisterEntry) -> str:
    return f"register:{entry.position}:{entry.hash}"


def _later_text(entry: RegisterEntry) -> str:
    """Of lines that were there before lines carried proofs (migration 0004)."""
    return f"register, proved later:{entry.position}:{entry.hash}"


def _check_event(entry: RegisterEntry, event: Event | None, keyed: journal.Digest | None) -> list[str]:
    """Whether line, release and journal tell the same moment, and the same people."""
    release, found = entry.release, []
    if event is None:
        return ["the journal says nothing of it"]
    if keyed is not None and not journal.is_proved(event, keyed):
        found.append("what the journal says of it was not written by this product")
    if event.at != entry.at or (entry.kind == Entry.ISSUED and release.released_at != entry.at):
        found.append("line, release and journal name different moments")
    if entry.kind == Entry.ISSUED:
        second = str(release.second_by_id or "")
        if (event.by_id, event.data.get("second", "")) != (release.released_by_id, second):
            found.append("the journal names other people who released it")
        elif release.report.needs_two_people and not second:
            found.append("it takes two people, and one released it")
    return found


def _check(entry: RegisterEntry, *, files: bool, facts: bool) -> tuple[list[str], bool]:
    """What is wrong with a line and its release, and whether the key ring let it be seen."""
    found = []
    release = entry.release
    if (entry.file_digest, entry.filing_digest, entry.commitment, entry.number) != (
        release.file_digest,
        release.filing_digest,
        release.report.commitment,
        release.number,
    ):
        found.append("the release does not match its line")
    try:
        if facts:
            found += _check_facts(release)
            found += _check_issue(release)
        if facts and files:
            found += _check_files(entry)
    except crypto.RingKeyMissing:
        return found, False
    return found, True


def _check_issue(release: Release) -> list[str]:
    """The words that were printed, sealed beside the release. Raises crypto.RingKeyMissing."""
    try:
        issue = release.issue
    except crypto.RingKeyMissing:
        raise
    except crypto.KeyMissing:
        return []  # whether that is on purpose is asked of the facts
    except (crypto.Tampered, ValueError, TypeError, KeyError):
        return ["what was printed on it is not what was sealed"]
    printed = (issue.number, issue.released_at, bool(issue.second_by))
    if printed != (release.number, release.released_at, release.second_by_id is not None):
        return ["number, moment or people are not the ones that were printed on it"]
    return []


def _check_facts(release: Release) -> list[str]:
    """Raises crypto.RingKeyMissing."""
    try:
        holds = commitment(release.report.facts, salt=release.report.salt) == release.report.commitment
    except crypto.KeySealed:
        holds = _newest_word(release) == SEALED  # the chain holds, and the journal says that it is on purpose
    except crypto.KeyDestroyed:
        holds = _newest_word(release) == EXPUNGED
    except crypto.RingKeyMissing:
        raise
    except crypto.KeyMissing:
        return ["the facts cannot be opened: their key is missing"]
    except (crypto.Tampered, ValueError, TypeError, KeyError):
        holds = False
    return [] if holds else ["the facts are not what was committed to"]


def _newest_word(release: Release) -> str:
    """What the journal said last of this case: that it was sealed, brought back or forgotten; or nothing.

    The journal is a chain of its own: who only deletes a file, or a key, cannot make that event.
    """
    told = Event.objects.filter(about=release.report.referral_id, kind__in=(SEALED, EXPUNGED, BROUGHT_BACK))
    return told.order_by("-pk").values_list("kind", flat=True).first() or ""


def _check_signature(release: Release, data: bytes) -> list[str]:
    """As of the moment of the release: certificates end, and keys are exchanged."""
    verdict = signing.verify(data, at=release.released_at)
    if not verdict.good:
        return ["the signature does not hold"]
    return [] if verdict.signer == release.signer else ["it is signed with another key than the release says"]


def _check_files(entry: RegisterEntry) -> list[str]:
    """Raises crypto.RingKeyMissing."""
    found = []
    for digest in filter(None, (entry.file_digest, entry.filing_digest)):
        try:
            data = storage.read(digest, subject=entry.release.report.referral_id)
        except storage.Altered:
            found.append("the file\u2019s bytes were changed")
        except FileNotFoundError:
            # A sealed case keeps its files, to be read again when it is brought back.
            if _newest_word(entry.release) != EXPUNGED:
                found.append("the file is missing")
        except (crypto.KeySealed, crypto.KeyDestroyed):
            pass  # nobody may read it any more; whether that is on purpose is asked of the facts
        except crypto.RingKeyMissing:
            raise
        except crypto.KeyMissing:
            found.append("the file cannot be opened: its key is missing")
        else:
            if digest == entry.file_digest:
                found += _check_signature(entry.release, data)
    return found
