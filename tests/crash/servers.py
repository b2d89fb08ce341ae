"""Servers of this run alone, which may be killed and emptied: nobody else's notice it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 90.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server for port {port} ended with {process.returncode}")
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")


class Folder:
    """The broker that is a folder of files: losing it is losing the files."""

    url = "filesystem://"

    def __init__(self, place: Path) -> None:
        self.queue = place / "queue"

    def start(self) -> None:
        """The folder is made by the settings."""

    def lose(self) -> None:
        for file in self.queue.glob("*"):
            if file.is_file():
                file.unlink(missing_ok=True)

    def stop(self) -> None:
        """There is nothing to stop."""


class Server:
    """A program that is killed -9 with everything in it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = self._started()
        wait_for(self.port, self.process)

    def lose(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _started(self) -> "subprocess.Popen[bytes]":
        raise NotImplementedError


class Redis(Server):
    """Keeps nothing on disk: what was in it is gone."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.url = f"redis://127.0.0.1:{port}/0"

    def _started(self) -> "subprocess.Popen[bytes]":
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        return _quiet(command)


class Rabbit(Server):
    """A node of its own beside the machine's; its folder is emptied between two lives."""

    def __init__(self, port: int, place: Path) -> None:
        super().__init__(port)
        self.place = place / "rabbit"
        self.url = f"amqp://guest:guest@127.0.0.1:{port}//"

    def _started(self) -> "subprocess.Popen[bytes]":
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(mode=0o777, parents=True)
        self.place.chmod(0o777)
        (self.place / "plugins").write_text("[].")
        names = {
            "NODENAME": f"torture{self.port}@localhost", "NODE_PORT": self.port, "NODE_IP_ADDRESS": "127.0.0.1",
            "DIST_PORT": free_port(), "MNESIA_BASE": self.place / "mnesia", "LOG_BASE": self.place / "log",
            "CONFIG_FILE": self.place / "none", "ADVANCED_CONFIG_FILE": self.place / "none",
            "ENABLED_PLUGINS_FILE": self.place / "plugins", "PID_FILE": self.place / "pid",
            # Two busy-waiting schedulers for each core would be all that this machine has.
            "SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none +S 1:1",
        }  # fmt: skip
        env = {f"RABBITMQ_{name}": str(value) for name, value in names.items()}
        return _quiet(["rabbitmq-server"], env=os.environ | env)

    def stop(self) -> None:
        super().stop()
        # Whoever starts it (su, a shell) may stand between us and the node; the node says who it is.
        pid = self.place / "pid"
        if pid.exists() and (number := pid.read_text().strip()).isdigit():
            _kill(int(number))
        until = time.monotonic() + PATIENCE
        while _answers(self.port) and time.monotonic() < until:
            time.sleep(0.02)


class Postgres:
    """A cluster of its own: stopped at once, as a power cut would, and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.place = Path(tempfile.mkdtemp(prefix="amends-cluster-"))
        # The server refuses to run as root; then it is the account its package made.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.place, self.user)
        self._run("initdb", "--pgdata", str(self.data), "--no-sync", "--auth", "trust", "--username", "postgres",
                  "--encoding", "UTF8", "--locale", "C.UTF-8")  # fmt: skip
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.place}'",
                 # The disk is not what is tested: what was written is in the machine's memory when the server dies.
                 "fsync = off", "shared_buffers = 32MB", "max_connections = 60"]  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\n".join(["", *lines, ""]))
        self.start()

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}"

    def start(self) -> None:
        self._run("pg_ctl", "--pgdata", str(self.data), "--wait", "--log", str(self.place / "log"), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "--pgdata", str(self.data), "--mode", "immediate", "--wait", "stop")

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.place, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        run_program(program, *arguments, user=self.user)


def run_program(program: str, *arguments: str, user: str | None = None) -> None:
    """One of PostgreSQL's own programs."""
    done = subprocess.run(
        [str(postgres_bin() / program), *arguments], user=user, cwd="/", check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr[-1000:]}")


def postgres_bin() -> Path:
    """Where the server's programs are: Debian keeps them out of PATH."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if newest:
        return newest[-1]
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    raise RuntimeError("PostgreSQL's initdb and pg_ctl are not here")


def _quiet(command: list[str], env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=env, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
