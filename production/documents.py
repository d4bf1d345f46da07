"""Printed forms of production: the cross-department contact sheet (D11), without prices."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from documents.registry import form
from organization.models import Company
from production.contact.models import ContactSheet


@form("D11", template="documents/D11.html", title=_("Contact sheet"), about="production.contactsheet")
def contact_sheet(sheet: ContactSheet) -> dict[str, Any]:
    """From department to department: problem, wanted solution, due time, and the answer when there is one (EXE-04)."""
    company = sheet.asking.company
    group = Company.objects.filter(kind=Company.Kind.HEADQUARTERS).first()
    return {
        "order_id": sheet.order_id,
        "revision": 1,
        "number": sheet.number,
        "date": localtime(sheet.sent_at).date(),
        "form_number": "JY/QR-D11 A/2",
        "url": sheet.get_absolute_url(),
        "company": {
            "name": company.name,
            "name_en": company.name_en,
            "group": group.name if group else "",
            "address": company.address,
            "phone": company.phone,
            "fax": "",
        },
        "asking": str(sheet.asking),
        "asked": str(sheet.asked),
        "order_number": sheet.order.number if sheet.order else "",
        "sent_at": sheet.sent_at,
        "due_at": sheet.due_at,
        "problem": sheet.problem,
        "wanted": sheet.wanted,
        "answer": sheet.answer,
        "closing_note": sheet.closing_note,
        "copies": str(_("Two copies: asking department · department asked")),
        "signatures": [
            {"title": str(_("Sent")), "name": sheet.sent_by, "at": sheet.sent_at},
            {"title": str(_("Answered")), "name": sheet.answered_by, "at": sheet.answered_at or ""},
            {"title": str(_("Closed")), "name": sheet.closed_by, "at": sheet.closed_at or ""},
        ],
    }
