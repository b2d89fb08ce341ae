"""The product's processes: the web server, Celery's workers and beat, each as its own program would run it.

They are forked from a process that has the product loaded, so that a life begins in a fraction
of a second and a kill hits somebody at work.
"""

import os
import random
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Protocol

RING_EVERY = 0.08
UNIT = Path(__file__).resolve().parents[2] / "deploy" / "amends-web.service"


class Killable(Protocol):
    def kill(self, chance: random.Random) -> str: ...
    def fell(self) -> bool: ...
    def end(self) -> None: ...


class Background:
    """A worker or the beat: one process."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.pid = _born(role, lambda: _celery(role))

    def kill(self, chance: random.Random) -> str:
        """Kill -9, and let somebody else take the role; who was killed."""
        self.end()
        self.pid = _born(self.role, lambda: _celery(self.role))
        return self.role.partition("-")[0]

    def fell(self) -> bool:
        """Start anew if it fell by itself, as the product's supervisor does; whether it had.

        A beat that is killed while it writes a file of the queue leaves half a message, and Celery's
        worker gives up on reading one (docs/decisions/broker.md).
        """
        if not os.waitpid(self.pid, os.WNOHANG)[0]:
            return False
        self.pid = _born(self.role, lambda: _celery(self.role))
        return True

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Web:
    """Gunicorn as deploy/ starts it: a parent that holds the port, and children that answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pid = _born("web", self._serve)

    def kill(self, chance: random.Random) -> str:
        """One of the children, whom the parent replaces; or all of it, and whoever supervises starts it anew."""
        if chance.random() < 0.5 and _children(self.pid):
            return self.kill_child(chance)
        return self.kill_all()

    def kill_child(self, chance: random.Random) -> str:
        """One of those that answer, as soon as there is one."""
        while not (children := _children(self.pid)):
            time.sleep(0.01)
        _send(chance.choice(children), signal.SIGKILL)
        return "web child"

    def freeze(self) -> None:
        """Stop all of it where it stands, with whatever it has in hand; ``kill_all`` comes next."""
        for pid in (self.pid, *_children(self.pid)):
            _send(pid, signal.SIGSTOP)

    def kill_all(self) -> str:
        self.end()
        self.pid = _born("web", self._serve)
        return "web"

    def fell(self) -> bool:
        if not os.waitpid(self.pid, os.WNOHANG)[0]:
            return False
        self.pid = _born("web", self._serve)
        return True

    def end(self) -> None:
        children = _children(self.pid)
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:  # killed before it had a group of its own
            _send(self.pid, signal.SIGKILL)
        for child in children:
            _send(child, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def _serve(self) -> None:
        from gunicorn.app.wsgiapp import WSGIApplication

        os.setsid()
        line = next(line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart="))
        _, *arguments = shlex.split(line.partition("=")[2])
        arguments[arguments.index("--bind") + 1] = f"127.0.0.1:{self.port}"
        sys.argv = ["gunicorn", *arguments, "--log-level", "error", "--worker-tmp-dir", os.environ["DATA_DIR"]]
        WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


def warm_up() -> None:
    """Load what the first requests would: every process is forked from this one."""
    from django.db import connections
    from django.template.loader import get_template
    from django.test import Client

    import court_reports.render  # noqa: F401  with all that draws and signs

    Client().get("/accounts/login/")
    for page in ("check_ins/answer", "check_ins/receipt", "facilitate/track/check_in", "facilitate/reports/release"):
        get_template(f"{page}.html")
    connections.close_all()


def _born(role: str, be: object) -> int:
    """A process of its own. No connection may be shared with it."""
    from django.db import connections

    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with (Path(os.environ["DATA_DIR"]) / f"{role}.log").open("a") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        be()  # type: ignore[operator]
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(1)


def _celery(role: str) -> None:
    from lms.celery import app

    if role == "beat":
        for number, line in enumerate(app.conf.beat_schedule.values()):
            if isinstance(line["schedule"], float):
                line["schedule"] = RING_EVERY * (1 if number < 2 else 10)
                line["options"] = {"expires": 1.0}
        schedule = str(Path(os.environ["DATA_DIR"]) / "beat")
        app.Beat(schedule=schedule, max_interval=RING_EVERY, loglevel="ERROR", quiet=True).run()
    else:
        quick = ["--without-heartbeat", "--without-gossip", "--without-mingle"]
        app.worker_main(["worker", "-P", "solo", "-l", "ERROR", "-n", f"{role}@amends", *quick])


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return
