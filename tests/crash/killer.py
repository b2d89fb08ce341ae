"""``python -m tests.crash.killer SEEN TO KILLS WORKERS``: workers, and somebody who kills them.

The workers are forked after start-up, as Celery's own are, so that a kill hits one at its work
and not at its imports. Counted are only processes that were alive when they were killed. Prints
how many were, and between which moments of the simulated time.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path

from tests.crash.sweeper import keep, live


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    from django.db import connections

    connections.close_all()
    seen, end = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    print(json.dumps(kill(seen, end, kills=int(sys.argv[3]), workers=int(sys.argv[4]))))


def kill(seen: Path, end: datetime, *, kills: int, workers: int) -> dict[str, object]:
    """Kill until ``kills`` living workers are dead; a month that is over is lived again from somewhere in it."""
    chance = random.Random(2026)
    start = datetime.fromisoformat(seen.read_text())
    alive = {born(seen, end) for _ in range(workers)}
    moments: list[str] = []
    while len(moments) < kills:
        time.sleep(chance.uniform(0.02, 0.6))  # how long a worker lives; nothing is waited for
        alive -= {pid for pid in alive if ended(pid)}
        if alive:
            victim = chance.choice(sorted(alive))
            os.kill(victim, signal.SIGKILL)
            _, how = os.waitpid(victim, 0)
            alive.remove(victim)
            if os.WIFSIGNALED(how):
                moments.append(seen.read_text())
        else:
            keep(seen, start + (end - start) * chance.random() // timedelta(hours=1) * timedelta(hours=1))
        while len(alive) < workers and datetime.fromisoformat(seen.read_text()) < end:
            alive.add(born(seen, end))
    while alive:
        alive -= {pid for pid in alive if ended(pid)}
        time.sleep(0.05)
    return {"killed": len(moments), "first": min(moments), "last": max(moments), "hours": len(set(moments))}


def born(seen: Path, end: datetime) -> int:
    """A worker of its own, already started up."""
    if pid := os.fork():
        return pid
    try:
        live(seen, end)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ended(pid: int) -> bool:
    """Whether it came to its own end, rather than to ours. That it fell by itself is an error of ours."""
    found, how = os.waitpid(pid, os.WNOHANG)
    if found and how:
        raise RuntimeError("a worker fell that nobody killed")
    return found != 0


if __name__ == "__main__":
    main()
