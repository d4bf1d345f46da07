import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage

from documents.models import PrintedForm, StoredFile

from .papers import AT
from .test_uploads import PDF, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client):
    client.force_login(get_user_model().objects.create(username="zhou", name="周敏"))
    return client


def kept_form(prices=""):
    row = PrintedForm(
        kind="D21", subject_kind="shipping.shipment", subject_id=1, number="SH2611-0064", print_number=1, template_version="x",
        content_hash="x", prices=prices, file=StoredFile.keep(PDF, content_type="application/pdf", at=AT), by_name="周敏", at=AT,
    )  # fmt: skip
    row.save()
    return row


def test_without_an_answer_every_file_is_unknown(visitor, answers, zhou):
    assert visitor.get(f"/documents/files/{put(zhou).pk}/").status_code == 404
    assert visitor.get(f"/documents/prints/{kept_form().pk}/").status_code == 404


def test_a_foreign_file_looks_like_one_that_does_not_exist(visitor, answers, zhou):
    mine, foreign = put(zhou), put(zhou, order_id=22)
    answers.append(lambda *, actor, attachment, printed: attachment is not None and attachment.order_id == 21)
    assert visitor.get(f"/documents/files/{mine.pk}/").status_code == 200
    seen = visitor.get(f"/documents/files/{foreign.pk}/")
    missing = visitor.get("/documents/files/999999/")
    assert seen.status_code == missing.status_code == 404
    assert PDF not in seen.content


def test_only_a_plain_true_opens(visitor, answers, zhou):
    answers.append(lambda **about: "yes")
    assert visitor.get(f"/documents/files/{put(zhou).pk}/").status_code == 404


def test_uploads_are_downloads_that_no_browser_interprets(visitor, answers, zhou):
    answers.append(lambda **about: True)
    response = visitor.get(f"/documents/files/{put(zhou).pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_our_own_pdf_is_shown_and_may_load_nothing(visitor, answers):
    answers.append(lambda **about: True)
    response = visitor.get(f"/documents/prints/{kept_form().pk}/")
    assert response["Content-Disposition"] == 'inline; filename="SH2611-0064-D21-R1.pdf"'
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("prices", ["sale", "cost"])
def test_a_form_with_prices_stays_closed_to_eyes_without_that_flag(visitor, answers, prices):
    answers.append(lambda **about: True)
    assert visitor.get(f"/documents/prints/{kept_form(prices).pk}/").status_code == 404


def test_strangers_are_sent_to_the_login(client, answers, zhou):
    answers.append(lambda **about: True)
    assert client.get(f"/documents/files/{put(zhou).pk}/").status_code == 302


def test_a_file_that_the_storage_lost_is_a_404_and_not_a_500(visitor, answers, zhou):
    answers.append(lambda **about: True)
    kept = put(zhou, content=PDF + b"%lost\n")
    default_storage.delete(kept.file.path)
    assert visitor.get(f"/documents/files/{kept.pk}/").status_code == 404
