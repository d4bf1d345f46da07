"""The real product under a supervisor that restarts at once whatever dies: workers, beats, web, by the commands of `manage.py up`."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.conf import settings

from core.management.commands.up import Command
from tests.proof.grounds import children, free_port, kill, spawn

READY = {"worker": b" ready.", "beat": b"beat: Starting...", "web": b"Booting worker"}


class Piece:
    """One program of the product."""

    def __init__(self, kind: str, name: str, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.kind, self.name, self.command, self.env, self.log = kind, name, command, env, folder / f"{name}.log"
        self.restarts, self.ready = -1, False
        self.start()

    def start(self) -> None:
        self.said = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(self.command, self.log, cwd=settings.BASE_DIR, env=self.env)
        self.restarts, self.ready = self.restarts + 1, False

    def tend(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def up(self) -> bool:
        """It has said that it is ready, and what works for it lives (celery's and gunicorn's children)."""
        if not self.ready:
            with self.log.open("rb") as words:
                words.seek(self.said)
                self.ready = READY[self.kind] in words.read()
        return self.ready and self.process.poll() is None and (self.kind == "beat" or bool(children(self.process.pid)))

    def kill(self) -> None:
        """kill -9 of the program with all it has started, as when its container dies."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_child(self, dice: random.Random) -> bool:
        """kill -9 of one process that works for it; False when there is none just now."""
        found = children(self.process.pid)
        if found:
            kill(dice.choice(found))
        return bool(found)


class Product:
    """`with Product(...)`: two workers, a beat, a web server."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, *, tick: int, secret_key: str, mistake: str = "") -> None:
        self.folder, self.port, self.pieces, self.mistake, self.made = folder, free_port(), [], mistake, 0
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "TEST_", "COV_"))},
            "DEBUG": "0", "DEMO": "0", "SECRET_KEY": secret_key,
            "ALLOWED_HOSTS": "127.0.0.1", "BASE_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": database_url, "REDIS_URL": redis_url, "VAR_DIR": str(folder),
            "SWEEP_SECONDS": str(tick), "PROOF_MISTAKE": mistake,
        }  # fmt: skip
        self.longest = self.since = 0.0

    def __enter__(self) -> Product:
        for kind in ("worker", "worker", "beat", "web"):
            self.add(kind)
        self.wait_until(lambda: all(piece.up() for piece in self.pieces), 120)
        self.longest = 0.0
        return self

    def __exit__(self, *_problem: Any) -> None:
        for piece in self.pieces:
            piece.kill()

    def of(self, kind: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind == kind]

    def add(self, kind: str) -> None:
        self.made += 1
        name = f"{kind}{self.made}"
        supervisor = Command()
        supervisor.bind, supervisor.port = "127.0.0.1", self.port
        command = {child.name: child.command for child in supervisor.children()}[kind]
        command = ["INFO" if part == "WARNING" else "info" if part == "warning" else part for part in command]  # to hear that it is ready
        if kind == "worker":
            command = [*command, "-n", f"{name}@proof"]
            command[command.index("config")] = "tests.proof.mistaken" if self.mistake else "config"
        elif kind == "beat":
            command[command.index("-s") + 1] = str(self.folder / f"{name}-schedule")
        self.pieces.append(Piece(kind, name, command, self.env, self.folder))

    def beats(self, number: int) -> None:
        """So many beats from now on."""
        for piece in self.of("beat")[number:]:
            piece.kill()
            self.pieces.remove(piece)
        for _ in range(number - len(self.of("beat"))):
            self.add("beat")

    def tend(self) -> None:
        """Restart what died; note the longest time in which no worker worked or no beat beat."""
        for piece in self.pieces:
            piece.tend()
        swept = any(piece.up() for piece in self.of("worker")) and any(piece.up() for piece in self.of("beat"))
        self.since = 0.0 if swept else self.since or time.monotonic()
        if self.since:
            self.longest = max(self.longest, time.monotonic() - self.since)

    def wait(self, seconds: float) -> None:
        self.wait_until(lambda: False, seconds)

    def wait_until(self, true: Any, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tend()
            if true():
                return True
            time.sleep(0.03)
        return False

    def words(self, kind: str) -> str:
        return "".join(piece.log.read_text(errors="replace") for piece in self.of(kind))


class Visitors:
    """Somebody logged in who looks at a page again and again, and a probe at /readyz; what they are answered is counted."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie, self.stopped = port, cookie, Event()
        self.answers: Counter[str] = Counter()
        self.bodies: list[str] = []
        self.threads = [Thread(target=self.look, args=(path,), daemon=True) for path in ("/", "/readyz")]

    def __enter__(self) -> Visitors:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_problem: Any) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(30)

    def look(self, path: str) -> None:
        while not self.stopped.wait(0.25):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=25)
            try:
                line.request("GET", path, headers={"Cookie": f"sessionid={self.cookie}"})
                answer = line.getresponse()
                said, body = str(answer.status), answer.read().decode(errors="replace")
                if answer.status == 503 and not answer.headers["Retry-After"]:
                    said = "503 without Retry-After"
                if said not in ("200", "503"):
                    self.bodies.append(f"{path} {said} {body[:300]}")
            except (OSError, http.client.HTTPException) as problem:
                said = type(problem).__name__
            finally:
                line.close()
            self.answers[said] += 1
