"""A PostgreSQL and a Redis of one's own, in a temporary folder, to be killed, flushed and taken away at will."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2


def program(name: str) -> str | None:
    """Where PostgreSQL's programs are: on the path, or where Debian puts them."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(places[-1]) if places else shutil.which(name)


def missing() -> str:
    """Why there can be no grounds here; empty when there can."""
    absent = [name for name in ("initdb", "postgres", "pg_dump", "psql") if not program(name)]
    absent += [] if shutil.which("redis-server") else ["redis-server"]
    return f"needs {', '.join(absent)} (Debian: postgresql, redis-server)" if absent else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ends_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a test that is killed leaves nothing running


def spawn(command: Sequence[str], log: Path, **more: Any) -> subprocess.Popen[bytes]:
    """A program in a session of its own, its words in a file."""
    with log.open("ab") as words:
        return subprocess.Popen(
            command, stdout=words, stderr=words, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_ends_with_us, **more
        )


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Postgres:
    """A cluster that can be killed with everything it runs and started again. PostgreSQL refuses to run as root: then as its own user."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.log = folder / "postgres", free_port(), folder / "postgres.log"
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        self.folder.mkdir()
        if self.who:
            shutil.chown(self.folder, "postgres", "postgres")
        made = [
            str(program("initdb")),
            "-D",
            str(self.folder),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.who)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it answers; what a killed one left behind makes the first tries fail."""
        given = ["-D", str(self.folder), "-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        given += ["-c", "fsync=off"]  # processes die here, not the machine: what was written stays written
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self.process = spawn([str(program("postgres")), *given], self.log, cwd="/", **self.who)
            try:
                psycopg2.connect(self.url()).close()
                return
            except psycopg2.OperationalError:
                time.sleep(0.05)
        raise RuntimeError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """kill -9 of the postmaster and of every process that it has started."""
        if self.process is None:
            return
        for pid in [self.process.pid, *children(self.process.pid)]:
            kill(pid)
        self.process.wait()


class Redis:
    """Keeps nothing on disk, as in compose.yaml."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = spawn(command, self.folder / "redis.log", cwd=self.folder)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.say("PING") != b"+PONG":
            time.sleep(0.05)

    def say(self, word: str) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as line:
                line.sendall(f"{word}\r\n".encode())
                return line.recv(64).strip()
        except OSError:
            return b""

    def kill(self) -> None:
        kill(self.process.pid)
        self.process.wait()
