# ruff: noqa: E501  tables read better as lines
import hashlib
import io
import zipfile
import zlib

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from PIL import Image

from core.models import Fact
from core.reasons import NotReady
from documents import render, uploads
from documents.forms import AttachmentField
from documents.models import Attachment, StoredFile
from documents.services import attach
from documents.uploads import check_upload, clean_name

from .papers import AT

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + bytes(200)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(size=(40, 20), kind="PNG", **options) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **options)
    return made.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as box:
        for name in names:
            box.writestr(name, "x")
    return made.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")


def refused(name: str, content: bytes) -> str:
    with pytest.raises(NotReady) as refusal:
        check_upload(SimpleUploadedFile(name, content))
    return refusal.value.reasons[0].code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("合同.pdf", PDF), ("a.XLSX", XLSX), ("a.docx", DOCX), ("a.zip", archive("a")), ("a.png", picture()),
        ("a.jpg", picture(kind="JPEG")), ("a.jpeg", picture(kind="JPEG")), ("a.webp", picture(kind="WEBP")), ("a.dwg", b"AC1032" + bytes(40)),
        ("a.dxf", b"999\r\nLibreCAD\r\n  0\r\nSECTION\r\n  2\r\nHEADER\r\n"), ("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00\x00"),
        ("a.txt", "要求：提前".encode()), ("a.txt", "要求：提前".encode("gb18030")),
    ],
)  # fmt: skip
def test_honest_files_are_taken(name, content):
    assert check_upload(SimpleUploadedFile(name, content)).name == name


@pytest.mark.parametrize("name", ["a.exe", "a.svg", "a.html", "a", "a.pdf.exe", "a.xlsm", ".pdf"])
def test_endings_outside_the_list_are_refused(name):
    assert refused(name, PDF) == "file_refused_type"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("renamed.pdf", EXE), ("renamed.txt", EXE), ("renamed.dwg", EXE), ("renamed.zip", EXE), ("drawing.png", SVG), ("drawing.txt", SVG),
        ("page.txt", b"\xef\xbb\xbf <!DOCTYPE html><script>"), ("late.pdf", b"junk\n" + PDF), ("both.pdf", PDF + archive("payload.class")),
        ("program.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")), ("sheet.docx", XLSX), ("plain.xlsx", archive("a")),
        ("hidden.zip", b"GIF89a" + archive("a")), ("jpg.png", picture(kind="JPEG")), ("torn.png", picture((400, 400))[:120]), ("a.dxf", b"hello"),
    ],
)  # fmt: skip
def test_content_that_is_not_what_the_ending_says_is_refused(name, content):
    assert refused(name, content) == "file_refused_content"


def test_empty_and_big_files_are_refused(monkeypatch):
    assert refused("a.pdf", b"") == "file_refused_empty"
    monkeypatch.setattr(uploads, "MAX_BYTES", 100)
    assert refused("a.txt", b"x" * 101) == "file_refused_size"
    lying = SimpleUploadedFile("a.txt", b"x" * 101)
    lying.size = 5
    with pytest.raises(NotReady) as refusal:
        check_upload(lying)
    assert refusal.value.reasons[0].code == "file_refused_size"


def test_a_pixel_bomb_is_refused_before_it_is_unpacked():
    def bomb(width, height):
        head = bytearray(picture())
        head[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
        head[29:33] = zlib.crc32(bytes(head[12:29])).to_bytes(4, "big")
        return bytes(head)

    for size in [(8000, 7000), (10_000, 10_000), (60_000, 60_000)]:
        assert refused("a.png", bomb(*size)) == "file_refused_pixels"


def test_a_torn_picture_is_refused_even_after_the_first_print():
    render.printing_available()  # loads WeasyPrint, which would let Pillow fill torn pictures with grey
    assert refused("torn.png", picture((400, 400))[:120]) == "file_refused_content"


def test_a_photo_is_drawn_anew_upright_without_exif_comment_or_tail():
    photo = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCam"  # turned by 90 degrees
    made = io.BytesIO()
    photo.save(made, "JPEG", exif=exif, comment=b"SecretComment")
    kept = check_upload(SimpleUploadedFile("a.jpg", made.getvalue() + archive("payload"))).content
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (20, 40)
        assert not seen.getexif()
    assert b"Secret" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_names_lose_folders_and_invisible_signs_and_keep_their_ending():
    assert clean_name("C:\\temp\\图 纸.PDF") == ("图 纸.PDF", "pdf")
    assert clean_name("../../etc/a\u202efdp.exe") == ("afdp.exe", "exe")
    name, ending = clean_name("长" * 300 + ".pdf")
    assert (len(name), ending) == (150, "pdf")


def test_the_form_field_says_it_beside_itself():
    class Upload(forms.Form):
        file = AttachmentField()

    wrong = Upload({}, {"file": SimpleUploadedFile("a.pdf", EXE)})
    assert wrong.errors.as_data()["file"][0].code == "file_refused_content"
    right = Upload({}, {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert right.is_valid()
    assert right.cleaned_data["file"].content == PDF


def put(by, name="合同.pdf", content=PDF, **more):
    given = {"order_id": 21, "subject": ("orders.contract", 3), "kind": "scan", "by": by, "at": AT} | more
    return attach(upload=SimpleUploadedFile(name, content), **given)


@pytest.mark.django_db
def test_an_attachment_is_kept_with_who_when_and_a_fact(zhou):
    kept = put(zhou, note="第 2 页盖章")
    kept.refresh_from_db()
    assert (kept.name, kept.by_name, kept.person_id, kept.at, kept.file.read()) == ("合同.pdf", "周敏", 7, AT, PDF)
    fact = Fact.objects.get(kind="documents.FileWasAttached")
    assert (fact.order_id, fact.subject_id, fact.data["name"]) == (21, kept.pk, "合同.pdf")


@pytest.mark.django_db
def test_the_same_name_twice_keeps_both_and_the_same_bytes_are_kept_once(zhou):
    first, second, again = put(zhou), put(zhou, content=PDF + b"\n"), put(zhou, name="复印件.pdf")
    assert (first.file.read(), second.file.read()) == (PDF, PDF + b"\n")
    assert first.file_id == again.file_id != second.file_id


@pytest.mark.django_db
def test_nothing_kept_can_be_changed_or_deleted(zhou):
    kept = put(zhou)
    kept.name = "other.pdf"
    with pytest.raises(TypeError):
        kept.save()
    with pytest.raises(TypeError):
        kept.delete()
    with pytest.raises(TypeError):
        Attachment.objects.all().delete()
    with pytest.raises(TypeError):
        StoredFile.objects.update(size=1)
    for statement in (
        "UPDATE documents_attachment SET name = 'x'",
        "DELETE FROM documents_attachment",
        "UPDATE documents_storedfile SET size = 1",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_a_file_torn_by_a_crash_is_written_again(zhou):
    content = PDF + b"%torn\n"
    digest = hashlib.sha256(content).hexdigest()
    default_storage.save(f"{digest[:2]}/{digest}", ContentFile(content[:10]))
    assert put(zhou, content=content).file.read() == content
