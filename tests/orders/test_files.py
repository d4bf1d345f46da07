"""Files beside an order: kept once, by whoever may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from demo.walk import SCAN
from documents.models import Attachment

pytestmark = pytest.mark.django_db


def post(browser, order, key):
    upload = SimpleUploadedFile("fax.pdf", SCAN, content_type="application/pdf")
    given = {"upload": upload, "kind": "drawing", "note": "", "once": key}
    return browser.post(reverse("orders:add_file", args=[order.number]), given)


@pytest.mark.req("SEC-04")
def test_a_double_click_keeps_a_file_once(login, clerk_zhou, order_at):
    order, browser = order_at("registered"), login(clerk_zhou)
    answers = [post(browser, order, "the same form").status_code for _click in range(2)]
    assert answers == [302, 302]
    assert Attachment.objects.filter(order_id=order.pk).count() == 1
    post(browser, order, "another form")
    assert Attachment.objects.filter(order_id=order.pk).count() == 2


def test_the_form_stands_only_before_whoever_may_add_a_file(login, clerk_zhou, finance_sun, order_at):
    papers = reverse("orders:panel", args=[order_at("registered").number, "papers"])
    assert 'name="upload"' in login(clerk_zhou).get(papers).content.decode()
    assert 'name="upload"' not in login(finance_sun).get(papers).content.decode()
