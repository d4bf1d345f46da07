"""`python -m tests.proof.pattern`: into the copy of pytest's database go an order, whose clock is the pattern of thousands, and a log-in.

Prints the cookie of the log-in.
"""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.test import Client

    from demo.masters import load_masters
    from demo.walk import Walk
    from organization.models import Company, Person
    from tests.personas import MONDAY_9AM

    if not Company.objects.exists():  # a test has flushed them
        load_masters(at=MONDAY_9AM)
    Walk(MONDAY_9AM).register("C0003", [("GGD", 2)])
    visitor = Client()
    visitor.force_login(Person.objects.get(username="zhoumin"), backend="django.contrib.auth.backends.ModelBackend")
    print(visitor.cookies["sessionid"].value)


if __name__ == "__main__":
    main()
