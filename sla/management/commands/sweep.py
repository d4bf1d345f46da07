"""One round of the sweep by hand: when no worker or no beat is alive, or to see what one does."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from sla.tasks import one_round


class Command(BaseCommand):
    help = "One round by hand, exactly as the worker does it: prints what was moved, fired, carried out and sent. Harmless beside workers."

    def handle(self, *args: Any, **options: Any) -> None:
        handled = one_round(timezone.now())
        self.stdout.write(", ".join(f"{name} {'FAILED' if n is None else n}" for name, n in handled.items()))
        if None in handled.values():
            raise CommandError("a part failed: the log says why; the next round tries again")
