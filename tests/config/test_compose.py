"""Containers start what `manage.py up` starts, with the settings that settings.md names, and no secret is in the repository."""

import json
import re
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import yaml
from django.conf import settings

from config import health
from core.management.commands.up import Command

COMPOSE: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
LAW = (settings.BASE_DIR / "docs/how-to/settings.md").read_text(encoding="utf-8")
# Not for a company: DEBUG is off, and the volume's place stands in the image.
NOT_PASSED = {"DEBUG", "VAR_DIR"}
# Where a container differs from the one terminal of `up`: addresses, numbers, places.
OWN = re.compile(r"^\d|^--(workers|worker-tmp-dir)$|^/|:\d+$|^--log-?level$|^WARNING$|^warning$")


def image_command() -> list[str]:
    found = re.search(r"^CMD (\[.*\])", DOCKERFILE.replace("\\\n", ""), re.M)
    assert found
    return json.loads(found[1])


def options(command: list[str]) -> set[str]:
    return {part for part in command if not OWN.search(part)}


def test_containers_start_what_one_terminal_starts() -> None:
    supervisor = Command()
    supervisor.bind, supervisor.port = "127.0.0.1", 8000
    commands = {child.name: child.command[2:] for child in supervisor.children()}
    for name, command in {"web": image_command(), "worker": SERVICES["worker"]["command"], "beat": SERVICES["beat"]["command"]}.items():
        assert options(command) == options(commands[name]), name


def test_every_setting_reaches_the_containers() -> None:
    declared = set(re.findall(r"^\| `([A-Z_]+)`", LAW, re.M))
    passed = set(SERVICES["web"]["environment"])
    assert passed == declared - NOT_PASSED
    for name in ("worker", "beat", "prepare"):
        assert SERVICES[name]["environment"] == SERVICES["web"]["environment"]


def test_no_secret_stands_in_the_repository() -> None:
    example = (settings.BASE_DIR / "deploy/env.example").read_text(encoding="utf-8")
    assert re.search(r"^SECRET_KEY=$", example, re.M)
    assert re.search(r"^POSTGRES_PASSWORD=$", example, re.M)
    for name, value in SERVICES["web"]["environment"].items():
        if name in ("SECRET_KEY", "EMAIL_URL", "SENTRY_DSN"):
            assert value.startswith("${")
    assert "${POSTGRES_PASSWORD" in SERVICES["web"]["environment"]["DATABASE_URL"]
    assert subprocess.run(["git", "ls-files", ".env"], cwd=settings.BASE_DIR, capture_output=True).stdout == b""
    assert ".env" in (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_nothing_starts_before_the_database_is_prepared_and_beat_is_alone() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert SERVICES["prepare"]["restart"] == "no"
    assert SERVICES["beat"]["deploy"]["replicas"] == 1


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER (?!root)", last, re.M)
    assert last.index("USER ") < last.index("CMD ")
    assert all(SERVICES[name]["cap_drop"] == ["ALL"] for name in ("web", "worker", "beat", "prepare"))


@pytest.mark.parametrize(("status", "well"), [(200, True), (500, False)])
def test_the_health_check_asks_by_the_name_that_people_use(monkeypatch, status, well):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    monkeypatch.setenv("BASE_URL", "https://orders.example.com")
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request).start()
        assert health.ready(server.server_port) is well
    assert asked == [("/readyz", "orders.example.com", "https")]
    assert health.ready(server.server_port) is False, "nobody listens any more"
