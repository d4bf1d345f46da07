"""The administrator gives the product its environment; what is insecure or unreadable is refused in words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

GOOD = {
    "secret_key": "q8Zr2LxV9pTn4WsYc7KmHd3GfJb6NaEu1RoPiQtXvBzCySwMh5",
    "allowed_hosts": ["orders.example.com"],
    "database_url": "postgresql://orders@db/orders",
    "base_url": "https://orders.example.com",
}


def test_a_complete_environment_may_start():
    environment.refuse_insecure(**GOOD)


def test_an_empty_environment_is_told_everything_that_it_lacks_at_once():
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.refuse_insecure(secret_key="", allowed_hosts=[], database_url="", base_url="")
    assert all(name in str(refused.value) for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "BASE_URL", "DEBUG=1"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "short"),
        ("secret_key", "a" * 60),
        ("secret_key", "django-insecure-" + GOOD["secret_key"]),
        ("allowed_hosts", ["*"]),
        ("base_url", "http://orders.example.com"),
    ],
)
def test_one_insecure_value_is_enough_to_refuse(name, value):
    with pytest.raises(ImproperlyConfigured, match=name.upper()):
        environment.refuse_insecure(**GOOD | {name: value})


def test_plain_http_is_accepted_on_this_machine_only():
    environment.refuse_insecure(**GOOD | {"base_url": "http://127.0.0.1:8000"})


def test_a_database_address_is_read_with_its_escapes():
    found = environment.database("postgresql://o%40x:p%2Fw@db.example.com:5433/orders?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("o@x", "p/w", "db.example.com", "5433")
    assert (found["NAME"], found["OPTIONS"]) == ("orders", {"sslmode": "require"})


def test_sqlite_takes_its_write_lock_at_once():
    found = environment.database("sqlite:////srv/orders/db.sqlite3")
    assert found["NAME"] == "/srv/orders/db.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "sqlite://", "orders.db"])
def test_a_database_address_of_another_kind_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database(url)


def test_mail_on_587_uses_starttls_and_names_its_sender():
    found = environment.mail("smtp://robot%40example.com:secret@mail.example.com:587?from=orders@example.com")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    assert (found["EMAIL_HOST_USER"], found["DEFAULT_FROM_EMAIL"]) == ("robot@example.com", "orders@example.com")


def test_without_a_mail_address_nothing_is_sent():
    assert environment.mail("") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


def test_files_lie_where_the_environment_says():
    assert environment.storage_path("", Path("var/files")) == Path("var/files")
    assert environment.storage_path("file:///srv/files", Path("x")) == Path("/srv/files")
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        environment.storage_path("s3://bucket", Path("x"))


def test_yes_and_no_are_read_and_anything_else_is_a_mistake():
    assert environment.flag("1") and environment.flag("TRUE") and not environment.flag("") and not environment.flag(None)
    with pytest.raises(ImproperlyConfigured, match="maybe"):
        environment.flag("maybe")


def test_a_development_machine_keeps_its_random_key_to_itself(tmp_path):
    first = environment.kept_secret_key(tmp_path / "var" / "secret_key")
    assert environment.kept_secret_key(tmp_path / "var" / "secret_key") == first
    assert not environment.weak(first)
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0
