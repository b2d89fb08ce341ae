"""Known faults of the locked packages, from a file that was recorded where the network allows it (security.md finding 13).

``python -m tests.security.advisories record`` asks osv.dev for everything it knows of each locked package, whatever
the version, and writes advisories.json beside this file. ``… check`` compares the locked versions with that file: no
network, exit 1 when one is affected. A record that is missing, old or not of all packages is said loudly; it fails
nothing, because it says nothing about the packages.
"""

import json
import re
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("advisories.json")
SOURCE = "https://api.osv.dev"
OLD = timedelta(days=30)
Locked = tuple[str, str, str]  # ecosystem, name, version


def locked() -> list[Locked]:
    """Every package of every lock file."""
    return sorted({*_python("requirements.txt"), *_python("requirements-dev.txt"), *_node()})


def affected(packages: Iterable[Locked], advisories: Iterable[dict[str, Any]]) -> list[str]:
    """In words, which locked package has which known fault."""
    known = list(advisories)
    return [
        f"{name} {version}: {advisory['id']} {advisory.get('summary', '')}".strip()
        for ecosystem, name, version in packages
        for advisory in known
        if not advisory.get("withdrawn")
        and any(_concerns(a, ecosystem, name, version) for a in advisory.get("affected", []))
    ]


def record(source: str = SOURCE, *, packages: Iterable[Locked] | None = None, to: Path = RECORD) -> int:
    """Ask for all that is known; how many advisories were written."""
    names = sorted({(ecosystem, name) for ecosystem, name, _ in packages or locked()})
    queries = [{"package": {"ecosystem": ecosystem, "name": name}} for ecosystem, name in names]
    answer = _ask(f"{source}/v1/querybatch", {"queries": queries})
    ids = sorted({found["id"] for result in answer["results"] for found in result.get("vulns", [])})
    advisories = [_short(_ask(f"{source}/v1/vulns/{number}")) for number in ids]
    told = {
        "recorded": datetime.now(UTC).date().isoformat(),
        "source": source,
        "packages": len(names),
        "advisories": advisories,
    }
    to.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
    return len(advisories)


def age(told: dict[str, Any], today: datetime) -> timedelta | None:
    """How old a record is; None for one that was never made."""
    if not told.get("recorded"):
        return None
    return today - datetime.fromisoformat(told["recorded"]).replace(tzinfo=UTC)


def missing(told: dict[str, Any], packages: Iterable[Locked], today: datetime) -> list[str]:
    """In words, what a record cannot say; nothing for one that is fresh and of every package."""
    if (old := age(told, today)) is None:
        return ["NOT AUDITED: no advisory has been recorded yet."]
    names = {(ecosystem, name) for ecosystem, name, _ in packages}
    said = []
    if old > OLD:
        said.append(f"THE RECORD OF ADVISORIES IS {old.days} DAYS OLD: what came out since is not in it.")
    if told["packages"] < len(names):
        said.append(f"ONLY {told['packages']} OF {len(names)} LOCKED PACKAGES WERE LOOKED UP.")
    if told.get("partly"):
        said.append(f"NOT EVERY OLD ADVISORY WAS READ OF: {', '.join(told['partly'])}.")
    return said


def main(argv: list[str]) -> int:
    if argv == ["record"]:
        print(f"{record()} advisories recorded")
        return 0
    told, packages = json.loads(RECORD.read_text()), locked()
    if said := missing(told, packages, datetime.now(UTC)):
        print("\n".join([*said, "Run `make advisories` where the network allows it."]))
    found = affected(packages, told["advisories"])
    print(
        "\n".join(found)
        or f"{len(packages)} locked packages, none in any of {len(told['advisories'])} recorded advisories"
    )
    return 1 if found else 0


def _python(name: str) -> Iterator[Locked]:
    for line in (ROOT / name).read_text().splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", line):
            yield "PyPI", re.sub(r"[-_.]+", "-", found[1]).lower(), found[2]


def _node() -> Iterator[Locked]:
    for path, package in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if path.startswith("node_modules/") and "version" in package:
            yield "npm", path.rpartition("node_modules/")[2], package["version"]


def _concerns(of: dict[str, Any], ecosystem: str, name: str, version: str) -> bool:
    package = of.get("package", {})
    if (package.get("ecosystem"), str(package.get("name", "")).lower()) != (ecosystem, name.lower()):
        return False
    ranges = [r for r in of.get("ranges", []) if r.get("type") in ("ECOSYSTEM", "SEMVER")]
    return version in of.get("versions", []) or any(_within(r.get("events", []), version) for r in ranges)


def _within(events: list[dict[str, str]], version: str) -> bool:
    """Events in order: from each ``introduced`` on it is affected, from ``fixed`` or after ``last_affected`` it is not."""
    try:
        here, inside = Version(version), False
        for event in sorted(
            events, key=lambda e: Version(next(iter(e.values())) if next(iter(e.values())) != "0" else "0")
        ):
            ((what, at),) = event.items()
            if what == "introduced" and here >= Version(at):
                inside = True
            elif (what == "fixed" and here >= Version(at)) or (what == "last_affected" and here > Version(at)):
                inside = False
    except InvalidVersion:
        return True  # what cannot be compared is looked at by a human
    return inside


def _short(advisory: dict[str, Any]) -> dict[str, Any]:
    wanted = ("id", "aliases", "summary", "published", "modified", "withdrawn")
    kept = {name: advisory[name] for name in wanted if name in advisory}
    parts = [
        {name: a[name] for name in ("package", "ranges", "versions") if name in a} for a in advisory.get("affected", [])
    ]
    return kept | {"affected": parts}


def _ask(address: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
    body = json.dumps(question).encode() if question is not None else None
    asked = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
