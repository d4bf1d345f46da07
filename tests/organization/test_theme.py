"""Light, dark, or as the device has it: each person's own choice, rendered by the server."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from organization.models import Person


def chosen(page):
    return re.search(r'<html[^>]*data-bs-theme="(\w+)"', page.content.decode())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_person_chooses_the_colours_and_the_server_renders_them(login, clerk_zhou, theme):
    browser = login(clerk_zhou)
    assert browser.post(reverse("choose_theme"), {"theme": theme, "next": "/orders/"}).headers["Location"] == "/orders/"
    page = browser.get("/orders/")
    assert chosen(page)[1] == theme
    assert f'<meta name="color-scheme" content="{theme}">' in page.content.decode()


def test_the_choice_follows_the_person_and_nobody_else(login, clerk_zhou, clerk_lin):
    login(clerk_zhou).post(reverse("choose_theme"), {"theme": "dark"})
    assert chosen(login(clerk_zhou).get("/"))[1] == "dark"
    assert chosen(login(clerk_lin).get("/")) is None


def test_without_a_choice_the_device_decides(login, clerk_zhou, client):
    browser = login(clerk_zhou)
    browser.post(reverse("choose_theme"), {"theme": "dark"})
    browser.post(reverse("choose_theme"), {"theme": ""})
    for page in (browser.get("/"), client.get(reverse("login"))):
        assert chosen(page) is None
        assert '<meta name="color-scheme" content="light dark">' in page.content.decode()


def test_the_admin_site_has_the_same_colours(login, administrator_gao):
    browser = login(administrator_gao)
    browser.post(reverse("choose_theme"), {"theme": "dark"})
    assert '<meta name="color-scheme" content="dark">' in browser.get(reverse("admin:index")).content.decode()


def test_colours_that_do_not_exist_are_refused(login, clerk_zhou):
    assert login(clerk_zhou).post(reverse("choose_theme"), {"theme": "pink"}).status_code == 400
    assert Person.objects.get(pk=clerk_zhou.person_id).theme == ""


def test_a_switch_leads_back_only_to_pages_of_ours(login, clerk_zhou):
    answer = login(clerk_zhou).post(reverse("choose_theme"), {"theme": "dark", "next": "https://elsewhere.example.com/"})
    assert answer.headers["Location"] == "/"


def test_printed_sheets_stay_black_on_white():
    assert "light-dark(" not in (settings.BASE_DIR / "static/print/sheet.css").read_text(encoding="utf-8")
    assert "theme" not in (settings.BASE_DIR / "templates/documents/base_print.html").read_text(encoding="utf-8")
