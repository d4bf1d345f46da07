"""Everything in one terminal: web, worker and beat under one small supervisor."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand

STOP_SECONDS = 30
HEALTH_SECONDS = 60
SETTLED_SECONDS = 60


class Child:
    """One program kept alive; in a session of its own, so that Ctrl-C at the terminal reaches only the supervisor."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.name = name
        self.command = [sys.executable, "-m", *arguments]
        self.failures = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = self.start_at = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, cwd=settings.BASE_DIR, start_new_session=True, stdin=subprocess.DEVNULL)
        self.started = time.monotonic()

    def tend(self) -> str:
        """Start it when it is due; what to say when it died, else nothing."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self.failures = 1 if now - self.started > SETTLED_SECONDS else self.failures + 1
        delay = min(30, 2 ** (self.failures - 1))
        self.process, self.start_at = None, now + delay
        return f"{self.name} ended with {code}; starting it again in {delay} s"

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: int, *, whole_group: bool = False) -> None:
        """Ask the main process only: it lets its own children finish their work; killing takes them all."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number) if whole_group else self.process.send_signal(number)


class Command(BaseCommand):
    help = "Runs web, worker and beat until Ctrl-C. PORT (8000), BIND (127.0.0.1), WEB_THREADS (8), WORKERS (1) from the environment."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.bind, self.port = os.environ.get("BIND") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
        self.refuse_taken_port()
        self.stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop.set())
        children = self.children()
        announced, deadline = False, time.monotonic() + HEALTH_SECONDS
        while not self.stop.is_set():
            for child in children:
                if said := child.tend():
                    self.say(said)
            if not announced:
                healthy = self.answers()
                announced = healthy or time.monotonic() > deadline
                if announced:
                    self.announce(healthy=healthy)
            self.stop.wait(1 if announced else 0.25)
        self.bring_down(children)

    def children(self) -> list[Child]:
        threads, workers = os.environ.get("WEB_THREADS") or "8", os.environ.get("WORKERS") or "1"
        web = ["gunicorn", "config.wsgi", "--bind", f"{self.bind}:{self.port}", "--worker-class", "gthread", "--threads", threads]
        quiet = ["--loglevel", "WARNING"]
        worker = ["celery", "-q", "-A", "config", "worker", "--concurrency", workers, "--without-gossip", "--without-mingle", *quiet]
        beat = ["celery", "-q", "-A", "config", "beat", "-s", settings.CELERY_BEAT_SCHEDULE_FILENAME, "--pidfile=", *quiet]
        return [
            Child("web", *web, "--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"),
            Child("worker", *worker),
            Child("beat", *beat),
        ]

    def refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.bind, self.port))
            except OSError as problem:
                raise CommandError(f"Port {self.port} cannot be used ({problem.strerror}); choose another: PORT=8001") from problem

    def answers(self) -> bool:
        """Whether /healthz answers 200, asked with the host name that the product is reached by."""
        here = "127.0.0.1" if self.bind == "0.0.0.0" else self.bind  # noqa: S104 (compared, not bound)
        headers = {"Host": urlsplit(settings.BASE_URL).netloc or here, "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(f"http://{here}:{self.port}/healthz", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 (http, our own)
                return answer.status == 200
        except OSError:
            return False

    def announce(self, *, healthy: bool) -> None:
        address = settings.BASE_URL or f"http://{self.bind}:{self.port}"
        self.say(f"ready at {address}  (stop with Ctrl-C)" if healthy else f"no good answer from /healthz yet; look at {address}")
        if settings.DEMO and "demo_logins" in get_commands():
            call_command("demo_logins", stdout=self.stdout)

    def bring_down(self, children: list[Child]) -> None:
        self.say("stopping: running work may finish")
        for child in children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.running() for child in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        stubborn = [child for child in children if child.running()]
        for child in stubborn:
            child.send(signal.SIGKILL, whole_group=True)
        self.say(f"killed after {STOP_SECONDS} s: {', '.join(child.name for child in stubborn)}" if stubborn else "stopped")
        if stubborn:
            sys.exit(1)

    def say(self, text: str) -> None:
        self.stdout.write(f"up: {text}")
        self.stdout.flush()
