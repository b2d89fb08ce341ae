"""Which keys of the ring are in use, by what, and whether they are there.

An app that keeps something wrapped by ``crypto.wrap`` says so here in ``AppConfig.ready()``, so that rotation
reaches it: a key of the ring may be taken away only when nothing lies under it.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Min

from lms import crypto
from lms.people.models import SubjectKey


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction of rotation did. ``last``: where the next one begins after; None at the end."""

    done: int
    last: Any


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that hold something wrapped.

    ``count()``: ring version → how many rows. ``rewrap(newest, after, limit)``: the next rows in the order of their
    primary keys, in one transaction; what does not open stays as it is.
    """

    name: str
    count: Callable[[], Mapping[int, int]]
    rewrap: Callable[[int, Any, int], Batch]


@dataclass(frozen=True, slots=True)
class Version:
    """One key of the ring, there or not, and what lies under it: source → rows."""

    number: int
    on_ring: bool
    newest: bool
    under: Mapping[str, int]

    @property
    def may_go(self) -> bool:
        return self.on_ring and not self.newest and not any(self.under.values())

    @property
    def missing(self) -> bool:
        return not self.on_ring


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Registering again under the same name replaces."""
    _sources[source.name] = source


def sources() -> list[Source]:
    return list(_sources.values())


def status() -> list[Version]:
    """Every version that is on the ring or in use. Reads everything that is wrapped. Raises RingKeyMissing."""
    ring = crypto.ring()
    counts = {source.name: source.count() for source in sources()}
    known = sorted(set(ring).union(*counts.values()))
    return [
        Version(
            number, number in ring, number == max(ring), {name: c[number] for name, c in counts.items() if number in c}
        )
        for number in known
    ]


def versions_in_use() -> Iterator[int]:
    """Of people's keys; one short look into the index for each."""
    rows = SubjectKey.objects.filter(destroyed_at=None)
    version = rows.aggregate(least=Min("version"))["least"]
    while version is not None:
        yield version
        version = rows.filter(version__gt=version).aggregate(least=Min("version"))["least"]


def problems() -> list[str]:
    """What an operator must mend, in words. A few short queries for each key of the ring, however many people."""
    try:
        ring = crypto.ring()
    except crypto.RingKeyMissing as problem:
        return [str(problem)]
    found = [crypto.LOST] if crypto.are_lost() else []
    for version in versions_in_use():
        if version not in ring:
            found.append(f"key {version} is not on the key ring, and people’s keys lie under it")
        elif not crypto.fits(version):
            found.append(crypto.not_the_one(version))
    return found


def new_entry(*, file: Path | None) -> tuple[int, str]:
    """Make a key newer than all others: its version, and its line of the ring.

    With ``file`` it is added to it (the file is replaced as a whole, with its permissions); where there is none yet,
    it becomes the first. Raises RingKeyMissing when what is there cannot be read, OSError when it cannot be written.
    """
    fresh = file is not None and not file.exists()
    version = 1 if fresh else crypto.newest() + 1
    entry = crypto.new_ring(version)
    if file is not None:
        _replace(file, "" if fresh else file.read_text(), entry)
    return version, entry


def _replace(file: Path, before: str, entry: str) -> None:
    if not file.parent.exists():
        file.parent.mkdir(parents=True, mode=0o700)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o400
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    text = f"{before.rstrip()}\n{entry}\n".lstrip()
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.chmod(mode)
    beside.replace(file)


# --- what the accounts keep ---------------------------------------------------------------


def _count_people() -> Mapping[int, int]:
    rows = SubjectKey.objects.filter(destroyed_at=None)
    return {version: rows.filter(version=version).count() for version in versions_in_use()}


def _rewrap_people(newest: int, after: Any, limit: int) -> Batch:
    rows = SubjectKey.objects.filter(destroyed_at=None).exclude(version=newest)
    return rewrap_rows(rows, after, limit, crypto.rewrap)


def rewrap_rows(rows: Any, after: Any, limit: int, rewrap: Callable[[Any], object]) -> Batch:
    """The next ``limit`` of ``rows``, each locked while ``rewrap`` changes and saves it.

    A row that somebody else holds is left to the next run.
    """
    from django.db import connection

    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        chosen = rows.order_by("pk").select_for_update(skip_locked=skip, of=("self",) if skip else ())
        found = list((chosen if after is None else chosen.filter(pk__gt=after))[:limit])
        done = sum(_did(rewrap, row) for row in found)
    return Batch(done, found[-1].pk if found else None)


def _did(rewrap: Callable[[Any], object], row: Any) -> bool:
    try:
        rewrap(row)
    except (crypto.RingKeyMissing, crypto.Tampered):
        return False
    return True


def _authenticators() -> Any:
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES])


def _tokens(data: Mapping[str, Any]) -> list[str]:
    """What of an authenticator's data is wrapped (allauth.mfa: totp, recovery codes)."""
    return [data[name] for name in ("secret", "seed") if name in data] + list(data.get("migrated_codes") or ())


def _count_authenticators() -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for data in _authenticators().values_list("data", flat=True).iterator():
        found.update({crypto.version_of(token) for token in _tokens(data)})
    return found


def _rewrap_authenticators(newest: int, after: Any, limit: int) -> Batch:
    def rewrap(row: Any) -> None:
        tokens = {token: again(token, newest) for token in _tokens(row.data)}
        if all(old == new for old, new in tokens.items()):
            return
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = tokens[row.data[name]]
        if row.data.get("migrated_codes"):
            row.data["migrated_codes"] = [tokens[token] for token in row.data["migrated_codes"]]
        row.save(update_fields=["data"])

    from lms.people.adapters import TOTP_CONTEXT

    def again(token: str, newest: int) -> str:
        return rewrapped(token, newest, context=TOTP_CONTEXT)

    return rewrap_rows(_authenticators(), after, limit, rewrap)


def rewrapped(token: str, newest: int, *, context: str) -> str:
    """The same, wrapped with the newest key; as it is, if it is that already. Raises RingKeyMissing, Tampered."""
    if crypto.version_of(token) == newest:
        return token
    return crypto.wrap_text(crypto.unwrap_text(token, context=context), context=context)


def register_own() -> None:
    """Called by PeopleConfig.ready()."""
    register(Source("people’s keys", _count_people, _rewrap_people))
    register(Source("authenticators", _count_authenticators, _rewrap_authenticators))
