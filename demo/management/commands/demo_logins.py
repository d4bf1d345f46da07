"""Who can log in to the demo, and as what."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from demo.management.commands.load_demo import PASSWORD
from demo.masters import rows
from organization.models import Person, Post


class Command(BaseCommand):
    help = "Prints the address, user names, names and posts of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("There is no demo here: DEMO=1 is not set.")
        with translation.override(settings.LANGUAGE_CODE):
            table = [("用户名", "姓名", "岗位"), *logins()]
        widths = [max(width(row[column]) for row in table) for column in (0, 1)]
        self.stdout.write(f"{settings.BASE_URL}    密码 / password: {PASSWORD}\n")
        for username, name, posts in table:
            self.stdout.write(f"{padded(username, widths[0])}  {padded(name, widths[1])}  {posts}")


def logins() -> list[tuple[str, str, str]]:
    """User name, name, and roles with their companies, in the order of the demo's posts."""
    people = {person.username: person for person in Person.objects.filter(is_active=True)}
    found: dict[str, dict[str, list[str]]] = {}
    for post in Post.objects.filter(holder__in=people.values()).select_related("holder", "department__company").order_by("pk"):
        roles = found.setdefault(post.holder.username, {})  # type: ignore[union-attr]
        roles.setdefault(str(post.get_role_display()), []).append(post.department.company.short_name)
    order = list(dict.fromkeys(row["username"] for row in rows("posts")))
    return [
        (
            username,
            people[username].name,
            "；".join(f"{role}（{'、'.join(dict.fromkeys(where))}）" for role, where in found[username].items()),
        )
        for username in order
        if username in found
    ]


def width(text: str) -> int:
    """Columns that the text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
