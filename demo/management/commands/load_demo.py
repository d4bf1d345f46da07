"""Loads the demo group and lets it work for some weeks. Never runs in production: its people share one password that stands here."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.masters import load_masters, rows
from demo.simulate import simulate
from orders.models import Order
from organization.models import Person

PASSWORD = "demo-2026"  # noqa: S105  of the demo only, and no secret

ORDERS, SEED, WEEKS = 8, 12, 5


class Command(BaseCommand):
    help = "Loads the demo group: companies, people, catalogue, customers, stock, and some orders at work (DEMO=1 or DEBUG=1 only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=ORDERS, help="orders of the last weeks, played unless there are any (0: none)")

    def handle(self, *args: Any, orders: int, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo group has a known password: it is loaded only with DEMO=1 or DEBUG=1.")
        now = timezone.now()
        load_masters(at=now - timedelta(weeks=WEEKS))
        let_in()
        self.stdout.write(f"demo: {Person.objects.count()} people loaded; addresses and names: manage.py demo_logins")
        if orders and not Order.objects.exists():
            self.play(orders, now)

    def play(self, orders: int, now: datetime) -> None:
        self.stdout.write(f"demo: {orders} orders of the last {WEEKS} weeks go through the group (some seconds)")
        summary = simulate(orders=orders, seed=SEED, end=now, weeks=WEEKS)
        ended = summary.states["closed"] + summary.states["withdrawn"] + summary.states["refused"]
        self.stdout.write(f"demo: {orders - ended} orders in hand, {ended} ended; {summary.all_clocks.total()} clocks ran")


def let_in() -> None:
    """Give the demo people who have no password yet the demo's."""
    usernames = {row["username"] for row in rows("posts")}
    waiting = [person for person in Person.objects.filter(username__in=usernames) if not person.has_usable_password()]
    Person.objects.filter(pk__in=[person.pk for person in waiting]).update(password=make_password(PASSWORD))
