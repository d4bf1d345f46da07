"""Reads the environment for settings.py: small, pure functions, each tested."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# WAL lets readers go on while one writes; NORMAL is safe under WAL (a power cut may lose the last commits, never the file).
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"


def flag(value: str | None) -> bool:
    """True for 1, true, yes, on; False for nothing, 0, false, no, off; anything else is a mistake and said."""
    match (value or "").strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "" | "0" | "false" | "no" | "off":
            return False
    raise ImproperlyConfigured(f"{value!r} is neither yes nor no: write 1 or 0.")


def listed(value: str | None) -> list[str]:
    """The entries of a comma-separated list."""
    return [part.strip() for part in (value or "").split(",") if part.strip()]


def sqlite(path: Path | str, *, synchronous: str = "NORMAL") -> dict[str, Any]:
    """A SQLite database; writers take their lock at BEGIN, so that two never deadlock half way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS.format(synchronous=synchronous)},
    }


def database(url: str) -> dict[str, Any]:
    """A DATABASES entry from postgresql://user:password@host:port/name?option=value or sqlite:///path."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if not parts.path.strip("/"):
            raise ImproperlyConfigured("DATABASE_URL: sqlite:/// needs a path, such as sqlite:////srv/orders/db.sqlite3")
        return sqlite(unquote(parts.path[1:]))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name or sqlite:///path")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def mail(url: str) -> dict[str, Any]:
    """Mail settings from smtp://user:password@host:port?from=orders@example.com; smtps:// is TLS from the start, port 587 STARTTLS."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587?from=orders@example.com")
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    sender = dict(parse_qsl(parts.query)).get("from") or unquote(parts.username or "")
    found: dict[str, Any] = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and port == 587,
        "EMAIL_TIMEOUT": 20,
    }
    return found | ({"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender} if sender else {})


def storage_path(url: str, default: Path) -> Path:
    """Where uploaded and printed files lie: a path or file:///path."""
    parts = urlsplit(url)
    if parts.scheme not in {"", "file"}:
        raise ImproperlyConfigured("STORAGE_URL takes a path or file:///path; other kinds of storage are not built yet.")
    return Path(unquote(parts.path)) if url else default


def weak(secret_key: str) -> bool:
    """Django's own measure: 50 characters, 5 different ones, not one that startproject wrote."""
    return len(secret_key) < 50 or len(set(secret_key)) < 5 or secret_key.startswith("django-insecure-")


def kept_secret_key(path: Path) -> str:
    """The random key of a development machine, made once and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def refuse_insecure(*, secret_key: str, allowed_hosts: list[str], database_url: str, base_url: str) -> None:
    """With DEBUG off nothing is guessed: say everything that is missing, at once."""
    wrong = []
    if not secret_key:
        wrong.append("SECRET_KEY is not set")
    elif weak(secret_key):
        wrong.append("SECRET_KEY is weak: 50 random characters or more")
    if not allowed_hosts or "*" in allowed_hosts:
        wrong.append("ALLOWED_HOSTS must name the hosts (comma-separated, no *)")
    if not database_url:
        wrong.append("DATABASE_URL is not set")
    address = urlsplit(base_url)
    if address.scheme != "https" and address.hostname not in {"localhost", "127.0.0.1", "::1"}:
        wrong.append("BASE_URL must be the https:// address that people use")
    if wrong:
        raise ImproperlyConfigured("Refusing to start with DEBUG off: " + "; ".join(wrong) + ". On a development machine set DEBUG=1.")
