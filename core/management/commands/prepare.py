"""What has to be true before the product starts; each part does nothing when there is nothing to do."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrates, starts new clocks, collects static files when DEBUG is off, loads the demo group once when DEMO is on."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("prepare: bringing the database up to date")
            call_command("migrate", interactive=False, verbosity=0)
        if "start_clocks" in get_commands():  # those that a new release brings for what began before it
            call_command("start_clocks", verbosity=0)
        if not settings.DEBUG:
            # Fonts for PDFs and the tests' tools lie among the vendor files, but browsers never ask for them.
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["*.ttf", "axe.min.js"])
        if settings.DEMO and "load_demo" in get_commands():
            self.load_demo()

    def load_demo(self) -> None:
        # The mark alone would lie after the database was deleted, the people alone after a load that broke off.
        mark = settings.VAR_DIR / "demo-loaded"
        if mark.exists() and get_user_model()._default_manager.exists():
            return
        self.stdout.write("prepare: loading the demo group (once)")
        call_command("load_demo", stdout=self.stdout)
        mark.touch()
