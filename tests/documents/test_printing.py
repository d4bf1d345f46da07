# ruff: noqa: E501  tables read better as lines
"""Pages are judged by their pixels: a PDF whose text reads right may still show boxes."""

import io
import logging
import shutil
import subprocess

import pytest
import segno
from django.test import override_settings
from PIL import Image

from documents import render, services
from documents.models import PrintedForm, StoredFile
from documents.reasons import PrintingFailed, PrintingUnavailable
from documents.registry import FORMS, form
from documents.services import form_html, print_form
from documents.templatetags.printing import qr

from .papers import AT, KINDS, PRICED, RARE, document, paper


def look(pdf: bytes, *, page: int = 1, dpi: int = 60) -> Image.Image:
    command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-"]
    return Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout))


def words(text: str, family: str = '"Noto Sans SC", sans-serif') -> Image.Image:
    html = f"<style>@page{{size:120mm 20mm;margin:3mm}}body{{font:20px {family}}}</style><p>{text}</p>"
    return look(render.pdf(html), dpi=100)


def ink(picture: Image.Image) -> int:
    return sum(count for shade, count in enumerate(picture.histogram()) if shade < 128)


def pattern(text: str) -> bytes:
    picture = words(text)
    box = picture.point(lambda shade: 255 if shade < 128 else 0).getbbox()
    assert box, text
    return picture.crop(box).tobytes()


def test_chinese_shows_as_ink_and_each_character_as_its_own_shape(printer):
    assert ink(words("")) == 0
    assert ink(words("送货单回执")) > 200
    shapes = [pattern(each) for each in ("送", "货", "单", "嘉", "域", "𠮷", "吉", "䶮")]
    assert len(set(shapes)) == len(shapes)  # boxes would all be equal
    assert pattern("送") == pattern("送")


@pytest.fixture
def only_latin_fonts(printer, tmp_path, monkeypatch):
    """The control: a machine whose only font has no Chinese."""
    font = subprocess.run(["fc-match", "-f", "%{file}", "DejaVu Sans"], capture_output=True, text=True, check=True).stdout
    if "DejaVu" not in font:
        pytest.skip("needs a font without Chinese for the control run (Debian: fonts-dejavu-core)")
    shutil.copy(font, tmp_path)
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))


def test_control_without_a_font_for_them_the_job_fails_and_names_the_characters(only_latin_fonts):
    assert render.pdf("<p>only Latin</p>")
    with pytest.raises(PrintingFailed) as refusal:
        render.pdf("<p>送货</p>")
    reason = refusal.value.reasons[0]
    assert (reason.code, reason.figures["characters"]) == ("printing_glyphs", ["货 U+8D27", "送 U+9001"])


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd">', '<img src="http://127.0.0.1:9/x.png">', '<link rel="stylesheet" href="https://example.com/a.css">',
        '<img src="data:image/png;base64,AAAA">', '<link rel="stylesheet" href="print:../../config/settings.py">', '<img src="print:nothing.css">',
        '<style>@import "file:///etc/hosts";</style>', "<style>p{background:url(http://169.254.169.254/)}</style><p>x</p>",
        "<style>@font-face{font-family:x;src:url(file:///etc/passwd)}p{font-family:x}</style><p>x</p>",
        '<link rel="attachment" href="file:///etc/passwd">', '<svg><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<object data="file:///etc/passwd"></object>',
    ],
)  # fmt: skip
def test_nothing_but_our_print_assets_is_fetched_and_asking_fails_the_job(printer, html):
    with pytest.raises(PrintingFailed) as refusal:
        render.pdf(f"<html><head><title>x</title></head><body>{html}</body></html>")
    assert refusal.value.reasons[0].code == "printing_refused"


def test_only_names_inside_the_print_folder_are_assets():
    assert render.asset("print:sheet.css") == render.ASSETS / "sheet.css"
    for url in ("print:", "print:../css/app.css", "print:/etc/passwd", "file:///etc/passwd", "sheet.css", "print:sub/../sheet.css"):
        assert render.asset(url) is None


def test_a_form_that_grew_without_end_is_refused(printer, monkeypatch):
    monkeypatch.setattr(render, "MAX_HTML", 100)
    with pytest.raises(PrintingFailed) as refusal:
        render.pdf("x" * 101)
    assert refusal.value.reasons[0].code == "printing_too_long"


@pytest.mark.req("SHP-08")
@pytest.mark.parametrize("kind", KINDS)
def test_sixty_long_lines_print_without_a_complaint_and_lose_nothing(printer, forms, kind, caplog):
    context = paper(kind, lines=60, long=True)
    with caplog.at_level(logging.WARNING, "weasyprint"):
        made = render.pdf(form_html(forms[kind], context))
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
    pages = text.count("\f")
    assert 3 <= pages <= 9
    assert text.count(context["number"]) >= pages  # each sheet says what it belongs to
    assert RARE[0] in text
    assert RARE[2] in text
    assert text.count("LZZBJ9-10-") >= 10
    packed = "".join(text.split())
    for each in context["lines"]:
        assert str(each["serials"] if kind == "D21" else each["code"] if kind == "D13" else f"{each['quantity']:f}".split(".")[0]) in packed
    for page in range(1, pages + 1):  # nothing runs over the edges of the paper
        picture = look(made, page=page)
        margin = 20
        inner = (margin, 0, picture.width - margin, picture.height)
        assert ink(picture) == ink(picture.crop(inner))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in PRICED])
def test_a_form_without_prices_refuses_a_context_with_them(forms, kind):
    context = paper(kind)
    context["lines"][2]["unit_price"] = 5
    with pytest.raises(AssertionError, match="unit_price"):
        form_html(forms[kind], context)


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_typed_stays_text(forms, kind):
    context = paper(kind)
    context["lines"][0]["name"] = "<img src=x onerror=alert(1)>{{ settings.SECRET_KEY }}"
    html = form_html(forms[kind], context)
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "{{ settings.SECRET_KEY }}" in html


def test_the_code_opens_the_page_of_the_document():
    with override_settings(BASE_URL="https://orders.example.com"):
        drawn = qr("/orders/21/")
    dark = set()
    for part in drawn.split('d="')[1].split('"')[0].split("M")[1:]:
        x, y = part.split("h")[0].split(" ")
        dark |= {(int(x) + step, int(y)) for step in range(int(part.split("h")[1].split("v")[0]))}
    rows = segno.make("https://orders.example.com/orders/21/", error="m", micro=False).matrix
    assert dark == {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}


@pytest.fixture
def quick(monkeypatch):
    """Printing without Pango: the PDF is the HTML, so that what is kept can be read."""
    drawn = []

    def pdf(html):
        drawn.append(html)
        return b"%PDF " + html.encode()

    monkeypatch.setattr(services.render, "pdf", pdf)
    return drawn


@pytest.mark.django_db
def test_a_printed_form_is_kept_with_its_mark(forms, quick, zhou):
    kept = print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    assert (kept.number, kept.revision, kept.print_number, kept.order_id, kept.by_name) == ("SH2611-0064", 1, 1, 21, "周敏")
    page = kept.file.read().decode()
    assert "周敏 2026-11-23 08:45" in page
    assert services._MARK not in page
    assert len(kept.template_version) == 16


@pytest.mark.django_db
def test_a_reprint_of_the_same_content_is_counted_and_is_the_same_pdf(forms, quick, zhou):
    first = print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    second = print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    assert (second.print_number, second.file.sha256) == (2, first.file.sha256)
    assert len(quick) == 1


@pytest.mark.django_db
def test_other_content_at_the_same_revision_is_a_print_of_its_own_and_the_old_pdf_stays(forms, quick, zhou):
    first = print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    before = first.file.read()
    second = print_form(kind="D21", document=document(**paper("D21") | {"missing": "操作手柄 2 把"}), by=zhou, at=AT)
    assert (second.print_number, second.file_id == first.file_id) == (2, False)
    assert StoredFile.objects.get(pk=first.file_id).read() == before
    assert "操作手柄" in second.file.read().decode()


@pytest.mark.django_db
def test_a_new_revision_counts_from_one(forms, quick, zhou):
    print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    assert print_form(kind="D21", document=document(**paper("D21") | {"revision": 2}), by=zhou, at=AT).print_number == 1


@pytest.mark.django_db
def test_two_prints_at_once_get_two_numbers_and_each_mark_says_its_own(forms, quick, zhou, monkeypatch):
    draw = services.render.pdf

    def pdf(html):
        if len(quick) == 0:  # while ours is drawn, somebody else prints
            quick.append("")
            print_form(kind="D21", document=document(**paper("D21") | {"missing": "无锁"}), by=zhou, at=AT)
        return draw(html)

    monkeypatch.setattr(services.render, "pdf", pdf)
    late = print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    assert sorted(PrintedForm.objects.values_list("print_number", flat=True)) == [1, 2]
    assert late.print_number == 2
    assert any(mark in late.file.read().decode() for mark in ("（第 2 次）", "(print 2)"))


@pytest.mark.django_db
def test_a_form_is_never_drawn_inside_an_act(forms, quick, zhou):
    from core.facts import act

    with pytest.raises(AssertionError, match="outside"):
        act(print_form)(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)


@pytest.mark.django_db
def test_a_machine_without_pango_says_so_and_keeps_nothing(forms, zhou, monkeypatch):
    monkeypatch.setattr(render, "printing_available", lambda: "the Pango library is missing")
    with pytest.raises(PrintingUnavailable) as refusal:
        print_form(kind="D21", document=document(**paper("D21")), by=zhou, at=AT)
    assert refusal.value.reasons[0].code == "printing_missing"
    assert not PrintedForm.objects.exists()


@pytest.mark.django_db
def test_the_same_form_printed_for_real_twice_is_one_file(forms, zhou, printer):
    first = print_form(kind="D05", document=document(**paper("D05")), by=zhou, at=AT)
    second = print_form(kind="D05", document=document(**paper("D05")), by=zhou, at=AT)
    assert first.file.read().startswith(b"%PDF-")
    assert (first.file.sha256, second.print_number) == (second.file.sha256, 2)


def test_a_form_is_declared_once(forms):
    with pytest.raises(AssertionError):
        _elsewhere = type("F", (), {"__module__": "elsewhere", "__call__": lambda self, d: {}})()
        _elsewhere.__module__ = "elsewhere"
        form("D21", template="x", title="x", about="x")(_elsewhere)
    assert FORMS["D21"].template == "documents/D21.html"
