"""``python -m tests.crash.killer KILLS``: Celery's own workers and beat live the month, and somebody kills them.

They are forked from a process that has the product loaded, so that a life begins in a fraction
of a second and a kill hits somebody at work. The clock goes on to the next busy half hour when what
was due is done, whoever did it. Only the living are killed and counted. Prints whom, and when.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

ROLES = ("beat", "worker-1", "worker-2")
RING_EVERY = 0.08
RESTS = 0.08


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    print(json.dumps(live(kills=int(sys.argv[1]))))


def live(*, kills: int) -> dict[str, object]:
    from django.db import connections

    from tests.crash.calm import settle
    from tests.crash.month import busy_moments

    chance = random.Random(2026)
    killed: list[tuple[str, str]] = []
    fell = 0
    alive = {role: born(role) for role in ROLES}
    try:
        for number, now in enumerate(busy_moments()):
            if number % 2 and len(killed) < kills:
                time.sleep(chance.uniform(0, RESTS))  # into whatever they are at by then; nothing is waited for
                fell += look_after(alive)
                victim = chance.choice(ROLES)
                kill(alive, victim)
                killed.append((victim, now.date().isoformat()))
            while not quiet(now):
                time.sleep(0.015)
                fell += look_after(alive)
            # The next ones are forked: no connection may be shared with them.
            connections.close_all()
    finally:
        for pid in alive.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    settle()
    beats = sum(role == "beat" for role, _ in killed)
    return {"killed": len(killed), "beats": beats, "days": len({day for _, day in killed}), "fell": fell}


def quiet(now: datetime) -> bool:
    """Whether what was due at ``now`` is done: the sweep of this moment has begun, no track is due, no message waits."""
    from accountability.models import Track
    from lms.outbox.delivery import open_messages
    from lms.referrals.models import Pulse

    return (
        Pulse.objects.filter(at=now).exists()
        and not Track.objects.filter(wakes_at__lte=now, closed_at=None).exists()
        and not open_messages().filter(claimed_at=None, not_before__lte=now).exists()
    )


def kill(alive: dict[str, int], role: str) -> None:
    """Kill -9 whoever has that role, and let somebody else take it."""
    from django.db import connections

    os.kill(alive[role], signal.SIGKILL)
    os.waitpid(alive[role], 0)
    connections.close_all()
    alive[role] = born(role)


def look_after(alive: dict[str, int]) -> int:
    """Start anew whoever fell by himself, as the product's supervisor does; how many did.

    A beat that is killed while it writes a file of the queue leaves half a message, and Celery's
    worker gives up on reading one (docs/decisions/broker.md).
    """
    from django.db import connections

    fallen = [role for role, pid in alive.items() if os.waitpid(pid, os.WNOHANG)[0]]
    for role in fallen:
        connections.close_all()
        alive[role] = born(role)
    return len(fallen)


def born(role: str) -> int:
    """A worker or the beat, as a process of its own, already started up."""
    if pid := os.fork():
        return pid
    try:
        be(role)
    finally:
        os._exit(1)


def be(role: str) -> None:
    from lms.celery import app

    folder = Path(os.environ["DATA_DIR"])
    with (folder / f"{role}.log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    if role == "beat":
        for number, line in enumerate(app.conf.beat_schedule.values()):
            if isinstance(line["schedule"], float):
                line["schedule"] = RING_EVERY * (1 if number < 2 else 10)
                line["options"] = {"expires": 1.0}
        app.Beat(schedule=str(folder / "beat"), max_interval=RING_EVERY, loglevel="ERROR", quiet=True).run()
    else:
        quick = ["--without-heartbeat", "--without-gossip", "--without-mingle"]
        app.worker_main(["worker", "-P", "solo", "-l", "ERROR", "-n", f"{role}@amends", *quick])


if __name__ == "__main__":
    main()
