"""The demo group is for demos: its password is known, so it never reaches a product in use."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from demo.management.commands.load_demo import PASSWORD
from orders.models import Order
from organization.models import Person, Post


def test_the_demo_is_refused_where_neither_demo_nor_debug_is_on(db):
    for command in ("load_demo", "demo_logins", "simulate"):
        with pytest.raises(CommandError):
            call_command(command)
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_the_demo_lets_its_people_in_and_tells_their_names(db, settings, client):
    settings.DEMO = True
    call_command("load_demo", orders=0, stdout=StringIO())
    said = StringIO()
    call_command("demo_logins", stdout=said)
    table = said.getvalue()
    assert PASSWORD in table
    assert all(name in table for name in ("zhoumin", "周敏", "linguodong", "林国栋"))
    assert table.count("\n") == 2 + Post.objects.values("holder").distinct().count()
    assert client.login(username="zhoumin", password=PASSWORD)


def test_a_password_that_somebody_chose_stays_theirs(db, settings):
    settings.DEMO = True
    person = Person.objects.get(username="zhoumin")
    person.set_password("her-own-9-words")
    person.save()
    call_command("load_demo", orders=0, stdout=StringIO())
    person.refresh_from_db()
    assert person.check_password("her-own-9-words")


def test_the_demo_group_has_orders_at_work_once(db, settings):
    settings.DEMO = True
    said = StringIO()
    call_command("load_demo", orders=2, stdout=said)
    assert "2 orders" in said.getvalue()
    assert Order.objects.count() == 2
    call_command("load_demo", orders=2, stdout=StringIO())
    assert Order.objects.count() == 2
