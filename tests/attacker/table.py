"""``make attack-peer``: the fourteen defects, tried on us and on the peer in an environment of its own; one table.

The peer is fetched from the package index into a temporary folder, and is gone with it. Not part of ``make test``.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.attacker.defects import DEFECTS

ROOT = Path(__file__).resolve().parents[2]
PEER = "wagtail-lms==0.11.1"
# With what it was tried: it names ranges alone.
WITH = ("wagtail==8.0.1", "django==5.2.19")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="attack-peer-") as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "bin", "python"))
        subprocess.run([python, "-m", "pip", "install", "-q", PEER, *WITH], check=True, stderr=subprocess.DEVNULL)
        peer = tried(python, "tests.attacker.peer")
    ours = tried(sys.executable, "tests.attacker.ours")
    tell(ours, peer)


def tried(python: str, module: str) -> dict[str, bool]:
    """What a system said, in its own process; nothing of our settings goes to the other one."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run([python, "-m", module], cwd=ROOT, env=environment, check=True, capture_output=True)
    found: dict[str, bool] = json.loads(done.stdout.decode().splitlines()[-1])
    return found


def tell(ours: dict[str, bool], peer: dict[str, bool]) -> None:
    print(f"| {'defect':<50} | Amends | {PEER.replace('==', ' ')} |")
    print(f"|{'-' * 52}|{'-' * 8}|{'-' * 20}|")
    for defect in DEFECTS:
        print(f"| {defect.words:<50} | {said(ours[defect.name]):<6} | {said(peer[defect.name]):<18} |")
    print(
        f"\nof {len(DEFECTS)}: {sum(not x for x in ours.values())} in Amends, {sum(not x for x in peer.values())} in {PEER}"
    )


def said(is_free: bool) -> str:
    return "no" if is_free else "YES"


if __name__ == "__main__":
    main()
