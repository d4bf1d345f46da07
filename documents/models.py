"""Files that came in and forms that went out. Neither is ever overwritten or deleted: a later one stands beside it (decision 19)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kept(models.QuerySet):
    """Rows that are written once."""

    def update(self, **values: Any) -> int:
        raise TypeError("kept rows are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("kept rows are never deleted")


class KeptModel(models.Model):
    objects = Kept.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("kept rows are never changed")
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("kept rows are never deleted")


class StoredFile(KeptModel):
    """Content by its hash: the same bytes are kept once, however often they come."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    path = models.CharField(_("path"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("kind of content"), max_length=100)
    created_at = models.DateTimeField(_("kept at"))

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.sha256

    @classmethod
    def keep(cls, content: bytes, *, content_type: str, at: datetime) -> StoredFile:
        """The row for these bytes. A file left over from a rolled-back act, whole or torn, does no harm."""
        digest = hashlib.sha256(content).hexdigest()
        path = f"{digest[:2]}/{digest}"
        if not _lies_there(path, digest):
            default_storage.delete(path)
            saved = default_storage.save(path, ContentFile(content))
            if saved != path:  # somebody kept the same bytes in this very moment
                default_storage.delete(saved)
        values = {"path": path, "size": len(content), "content_type": content_type, "created_at": at}
        return StoredFile.objects.get_or_create(sha256=digest, defaults=values)[0]

    def read(self) -> bytes:
        """The bytes; raises FileNotFoundError when the storage lost them."""
        with default_storage.open(self.path) as file:
            return file.read()


def _lies_there(path: str, digest: str) -> bool:
    if not default_storage.exists(path):
        return False
    with default_storage.open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


class Attachment(KeptModel):
    """A file that somebody attached to a thing, under the name it came with."""

    class Kind(models.TextChoices):
        MEMO = "memo", _("customer memo")
        DRAWING = "drawing", _("drawing")
        SCAN = "scan", _("signed scan")
        RECEIPT = "receipt", _("signed receipt")
        PHOTO = "photo", _("photo")
        OTHER = "other", _("other")

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments", verbose_name=_("file"))
    name = models.CharField(_("name"), max_length=150)
    order_id = models.BigIntegerField(null=True, db_index=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by_name = models.CharField(_("by"), max_length=80)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="attachment_subject")]

    def __str__(self) -> str:
        return self.name


class PrintedForm(KeptModel):
    """One print of a form. Printing the same content again counts, and points to the PDF that was made first."""

    kind = models.CharField(_("form"), max_length=4)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True, db_index=True)
    number = models.CharField(_("number"), max_length=40)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    print_number = models.PositiveIntegerField(_("print"))
    template_version = models.CharField(_("template version"), max_length=16)
    content_hash = models.CharField(max_length=64)
    prices = models.CharField(_("prices"), max_length=8, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="prints", verbose_name=_("file"))
    by_name = models.CharField(_("by"), max_length=80)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("printed form")
        verbose_name_plural = _("printed forms")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_kind", "subject_id", "revision", "print_number"], name="print_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} R{self.revision} ({self.print_number})"


class PersonalLink(models.Model):
    """What a customer holds in hand: it opens one order for one purpose, without log-in (SEC-05). Its addresses are kept as hashes only."""

    class Purpose(models.TextChoices):
        SIGN = "sign", _("sign the contract")
        AGREE = "agree", _("sign the supplementary agreement")
        FOLLOW = "follow", _("follow the order")
        RECEIPT = "receipt", _("confirm the receipt")

    order_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    contact_name = models.CharField(_("contact"), max_length=40)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    made_by = models.CharField(_("made by"), max_length=80)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.CharField(_("revoked by"), max_length=80, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="link_subject")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.contact_name}"

    def opens(self, at: datetime) -> bool:
        """Neither revoked nor expired; without a date it ends with what it is about (a contract that becomes void revokes it)."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class LinkSecret(models.Model):
    """One address of a link, by its hash: the one shown to the clerk, the one printed, each one that went by mail."""

    link = models.ForeignKey(PersonalLink, models.PROTECT, related_name="secrets")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("address of a link")
        verbose_name_plural = _("addresses of links")

    def __str__(self) -> str:
        return f"{self.link_id}"


class LoginCode(models.Model):
    """A one-time code that went to a customer's mail address, by its hash."""

    customer_id = models.BigIntegerField()
    email = models.EmailField(_("e-mail"), db_index=True)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("log-in code")
        verbose_name_plural = _("log-in codes")

    def __str__(self) -> str:
        return self.email


class DoorCount(models.Model):
    """How often somebody stood at the customers' door in vain, per key and quarter of an hour. In the database: a cache forgets."""

    key = models.CharField(max_length=80)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count at the door")
        verbose_name_plural = _("counts at the door")
        constraints = [models.UniqueConstraint(fields=["key", "since"], name="door_count_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
