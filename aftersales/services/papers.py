"""The customer's papers and pictures beside a service request or a return."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.actor import Actor
from documents.models import Attachment
from documents.services import attach
from documents.uploads import check_upload


def keep_papers(thing: Any, uploads: Iterable[Any], *, by: Actor, at: datetime) -> None:
    """Keep what came with it; pictures as photos. Raises NotReady with a `file_refused_...` reason."""
    for upload in uploads:
        checked = check_upload(upload)
        kind = Attachment.Kind.PHOTO if checked.content_type.startswith("image/") else Attachment.Kind.OTHER
        attach(upload=checked, order_id=thing.order_id, subject=(thing._meta.label_lower, thing.pk), kind=kind, by=by, at=at)
