"""``python -m tests.crash.killer PLAN``: web, workers and beat live the month, and somebody kills them.

The clock goes on to the next busy moment when what was due is done, whoever did it. Only the
living are killed and counted. Now and then the broker loses everything, or the database is stopped
at once and started again. Prints whom, and when.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

RESTS = 0.08
PATIENCE = 240.0
# How long a form or a mail is in hand, about; and for how long one is waited for.
IN_HAND, AT_MOST = 0.06, 4.0
# Each of these is killed at least once.
EACH = {"web", "web child", "worker", "beat"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    # Told to stop, it takes everybody with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(json.dumps(Rough(json.loads(sys.argv[1])).live()))


class Rough:
    """The month of kills. ``wanted``: kills, losses, restarts, releases, seed, web_port, broker, cluster."""

    def __init__(self, wanted: dict) -> None:
        self.wanted = wanted
        self.chance = random.Random(wanted["seed"])
        self.killed: list[tuple[str, str]] = []
        self.fell: Counter[str] = Counter()
        self.lost = self.restarted = self.forms = 0
        self.held = False
        self.people: int | None = None
        self.ear, self.mouth = os.pipe()

    def live(self) -> dict[str, object]:
        from django.db import connections

        from tests.crash import people
        from tests.crash.calm import settle
        from tests.crash.deeds import plan
        from tests.crash.life import Background, Web, warm_up
        from tests.crash.month import busy_moments

        self.deeds = plan(releases=self.wanted["releases"])
        warm_up()
        self.broker = broker_of(self.wanted)
        self.broker.start()
        self.background = {role: Background(role) for role in ("beat", "worker-1", "worker-2")}
        self.web = Web(self.wanted["web_port"])
        try:
            for now in busy_moments(people.moments(self.deeds)):
                self.spend(now)
                connections.close_all()
        finally:
            for life in (*self.background.values(), self.web):
                life.end()
            if self.people is not None:
                os.kill(self.people, signal.SIGKILL)
            self.broker.stop()
        settle()
        by_whom = Counter(role for role, _ in self.killed)
        return {
            "killed": dict(by_whom), "days": len({day for _, day in self.killed}), "fell": dict(self.fell),
            "losses": self.lost, "restarts": self.restarted, "held": (self.forms + 1) // 2,
        }  # fmt: skip

    def spend(self, now: datetime) -> None:
        """One moment, until what is due in it is done."""
        doing = [deed for deed in self.deeds if deed.at == now]
        if doing:
            self.people = self.start_people(doing)
        due = self.due(now, len(doing))
        until = time.monotonic() + PATIENCE
        while due or not self.done(now):
            if time.monotonic() > until:
                raise RuntimeError(f"{now}: not done in {PATIENCE:.0f} s, people at it: {self.people is not None}")
            if due:
                self.aim(now)
                self.look_after()
                self.kill(now, busy_web=self.people is not None)
                due -= 1
                self.play_disaster(now)
            else:
                time.sleep(0.015)
                self.look_after()

    def due(self, now: datetime, deeds: int) -> int:
        """How many are killed now: all are spread over the month, and one is kept for when people are at work."""
        due = round(self.wanted["kills"] * passed(now)) - len(self.killed)
        return due if deeds or due > 2 or passed(now) == 1.0 else 0

    def aim(self, now: datetime) -> None:
        """Into whatever they are at; every other time when a form or a mail is known to be on its way."""
        self.held = False
        if self.people is not None and self.chance.random() < 0.6:
            while select.select([self.ear], [], [], 0)[0]:
                os.read(self.ear, 1000)  # those are long answered
            if select.select([self.ear], [], [], AT_MOST)[0]:
                self.forms += 1
                # Every other form is held where it is: a quick machine would have answered it before the kill.
                self.held = self.forms % 2 == 1
            if self.held:
                self.web.freeze()
            else:
                time.sleep(self.chance.uniform(0, IN_HAND))
        elif self.chance.random() < 0.6:
            until = time.monotonic() + RESTS
            while time.monotonic() < until and not mail_in_hand():
                time.sleep(0.002)
        else:
            time.sleep(self.chance.uniform(0, RESTS))

    def kill(self, now: datetime, *, busy_web: bool) -> None:
        left, spared = self.wanted["kills"] - len(self.killed), EACH - {role for role, _ in self.killed}
        if left <= len(spared):
            whom = self.kill_the_spared(min(spared))
        elif self.held:
            whom = self.web.kill_all()
        elif busy_web and self.chance.random() < 0.6:
            whom = self.web.kill(self.chance)
        else:
            whom = self.chance.choice([*self.background.values(), self.web]).kill(self.chance)
        self.killed.append((whom, now.date().isoformat()))

    def kill_the_spared(self, role: str) -> str:
        """Chance has left somebody out so far: the last kills are theirs."""
        if role == "web child":
            return self.web.kill_child(self.chance)
        if role == "web":
            return self.web.kill_all()
        return next(life for name, life in self.background.items() if name.startswith(role)).kill(self.chance)

    def play_disaster(self, now: datetime) -> None:
        """Lost brokers and stopped databases, spread over the month as the kills are."""
        from django.db import connections

        if self.lost < round(self.wanted["losses"] * passed(now)):
            self.lost += 1
            self.broker.lose()
        if self.restarted < round(self.wanted["restarts"] * passed(now)):
            self.restarted += 1
            connections.close_all()
            cluster = existing_cluster(self.wanted["cluster"])
            cluster.stop()
            time.sleep(self.chance.uniform(0, 0.3))
            cluster.start()

    def done(self, now: datetime) -> bool:
        """Whether the people have their answers and what was due is done."""
        from tests.crash.patience import patiently

        if self.people is not None:
            pid, status = os.waitpid(self.people, os.WNOHANG)
            if not pid:
                return False
            self.people = None
            if status:
                log = Path(os.environ["DATA_DIR"]) / "people.log"
                raise RuntimeError(f"{now}: {log.read_text()[-1500:]}")
        return patiently(lambda: quiet(now))

    def look_after(self) -> None:
        for role, life in (*self.background.items(), ("web", self.web)):
            if life.fell():
                self.fell[role.partition("-")[0]] += 1

    def start_people(self, deeds: list) -> int:
        from django.db import connections

        from tests.crash import people

        connections.close_all()
        if pid := os.fork():
            return pid
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            with (Path(os.environ["DATA_DIR"]) / "people.log").open("a") as log:
                os.dup2(log.fileno(), 2)
            people.sending.append(self.mouth)
            people.do(deeds, self.wanted["web_port"])
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)


def passed(now: datetime) -> float:
    """How much of the month is over, a little ahead: the last day has its share too."""
    from tests.crash.month import END, START

    return min(1.0, (now - START) / (END - START) * 1.05)


def mail_in_hand() -> bool:
    """Whether somebody has a message in hand: the try is written down, its end is not."""
    from lms.outbox.models import Attempt
    from tests.crash.patience import patiently

    return patiently(lambda: Attempt.objects.filter(finished_at=None).exists())


def broker_of(wanted: dict):  # type: ignore[no-untyped-def]
    from tests.crash import servers

    kind, port = wanted["broker"], wanted["broker_port"]
    if kind == "redis":
        return servers.Redis(port)
    if kind == "rabbitmq":
        return servers.Rabbit(port, Path(wanted["broker_place"]))
    return servers.Folder(Path(os.environ["DATA_DIR"]))


def existing_cluster(place: str):  # type: ignore[no-untyped-def]
    from tests.crash.servers import Postgres

    cluster = Postgres.__new__(Postgres)
    cluster.place, cluster.user = Path(place), "postgres" if os.getuid() == 0 else None
    return cluster


def quiet(now: datetime) -> bool:
    """Whether what was due at ``now`` is done: the sweep of this moment has begun, no track is due, whoever is to hear of
    a call for help was told, no message waits."""
    from accountability.actions.help_calls import untold
    from accountability.models import Track
    from lms.outbox.delivery import open_messages
    from lms.referrals.models import Pulse

    return (
        Pulse.objects.filter(at=now).exists()
        and not Track.objects.filter(wakes_at__lte=now, closed_at=None).exists()
        and not any(untold(now=now))
        and not open_messages().filter(claimed_at=None, not_before__lte=now).exists()
    )


if __name__ == "__main__":
    main()
