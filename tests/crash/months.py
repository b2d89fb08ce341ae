"""Both months side by side: the plan they share, and how long it took."""

import json
import time
from dataclasses import dataclass

from tests.crash.copies import Copy
from tests.crash.verdict import Verdict, verdict


@dataclass(frozen=True)
class Wanted:
    kills: int
    seed: int = 2026
    losses: int = 2
    restarts: int = 0
    releases: int = 2
    broker: str = "filesystem"
    broker_port: int = 0
    broker_place: str = ""
    cluster: str = ""


@dataclass
class Told:
    killed: dict[str, int]
    days: int
    fell: dict[str, int]
    losses: int
    restarts: int
    held: int  # forms that were in hand for certain when the web was killed


def live_both(calm: Copy, rough: Copy, wanted: Wanted) -> tuple[Told, Verdict, float]:
    """Lives the calm month and the rough one at the same time; what the killer told, and the verdict."""
    started = time.monotonic()
    plan = vars(wanted)
    undisturbed = calm.start("calm", json.dumps(plan | {"web_port": calm.web_port}))
    if wanted.restarts:
        undisturbed.wait()  # both live on the server that will be stopped
    disturbed = rough.start("killer", json.dumps(plan | {"web_port": rough.web_port}))
    try:
        calm.ended(undisturbed)
        told = Told(**json.loads(rough.ended(disturbed)))
    finally:
        for process in (undisturbed, disturbed):
            if process.poll() is None:
                process.terminate()
                process.wait()
    return told, verdict(calm, rough), time.monotonic() - started
