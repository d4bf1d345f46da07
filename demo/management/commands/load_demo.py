"""Loads the demo group. Never runs in production: its people share one password that everybody can read here."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.masters import load_masters, rows
from organization.models import Person

PASSWORD = "demo-2026"  # noqa: S105  of the demo only, and no secret


class Command(BaseCommand):
    help = "Loads the demo group: companies, people, catalogue, customers, stock (DEMO=1 or DEBUG=1 only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo group has a known password: it is loaded only with DEMO=1 or DEBUG=1.")
        load_masters(at=timezone.now())
        let_in()
        self.stdout.write(f"demo: {Person.objects.count()} people loaded; addresses and names: manage.py demo_logins")


def let_in() -> None:
    """Give the demo people who have no password yet the demo's."""
    usernames = {row["username"] for row in rows("posts")}
    waiting = [person for person in Person.objects.filter(username__in=usernames) if not person.has_usable_password()]
    Person.objects.filter(pk__in=[person.pk for person in waiting]).update(password=make_password(PASSWORD))
