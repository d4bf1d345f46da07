"""What a person can get to read: every page, list, panel, export, search, completion and paper, as one text each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from core.panels import PANELS
from tests.permissions.table import TABLE
from tests.permissions.world import World
from tests.structure.sources import routes

LISTS = (
    "orders:list", "inventory:stock", "inventory:all_put_aways", "production:plans", "production:contacts", "procurement:purchases",
    "quality:all_inspections", "quality:all_nonconformities", "shipping:list", "finance:receivables", "finance:payments",
    "finance:invoices", "shipping:damages", "shipping:claims",
)  # fmt: skip
BESIDE = (
    "home", "sla:calendar", "sla:notices", "production:tasks", "procurement:demand", "orders:complete_item", "orders:search",
    "reports:clocks",    "reports:clock_records",
)  # fmt: skip
POSTS = {name for name, access in TABLE.items() if not access.get}  # buttons: nothing is shown under their addresses


def objects(world: World) -> Iterator[tuple[str, str]]:
    """(name, address) of everything that hangs on the order and is asked for by GET."""
    for name, arguments in world.arguments.items():
        if name not in POSTS and name not in ("orders:panel", "orders:edit", "finance:choose", "orders:add_file"):
            yield name, reverse(name, kwargs=arguments)
    for panel in PANELS:
        yield f"panel {panel}", reverse("orders:panel", args=[world.order.number, panel])
    for query in ("?timeline=customer", "?all=1"):
        yield f"order {query}", reverse("orders:detail", args=[world.order.number]) + query
    yield "scan", reverse("documents:file", args=[world.things["scan"].pk])
    for name, ref in world.references.items():
        for step in routes()[name].callback.view_class.forms:
            yield f"{name}/{step}", reverse(name, kwargs={"ref": ref, "step": step})


def pages(world: World) -> Iterator[tuple[str, str]]:
    """(name, address) of lists, exports, searches and the pages that everybody has."""
    number, customer = world.order.number, world.order.customer.name
    for name in LISTS:
        address = reverse(name)
        yield name, address
        yield f"{name} xlsx", f"{address}?export=xlsx"
        yield f"{name} searched", f"{address}?q={number}"
        yield f"{name} customer", f"{address}?q={customer}"
    for name in BESIDE:
        yield name, reverse(name)
    yield "search", f"{reverse('orders:search')}?q={number}"
    yield "clocks of the year", f"{reverse('reports:clock_records')}?period=year&export=xlsx"
    yield "department's work", f"{reverse('home')}?of=department"
    yield "completion", f"{reverse('orders:complete_item')}?q=KYN28A&item=KYN28A-12&customer={world.order.customer_id}&quantity=1"


def papers(world: World) -> Iterator[tuple[str, str]]:
    """(name, address) of every paper that can be printed of the order."""
    for kind in ("D02", "D03", "D04", "D05"):
        yield kind, reverse("orders:print", args=[world.order.number, kind])
    for kind in ("D19", "D21"):
        yield kind, reverse("shipping:print", args=[world.things["shipment"].number, kind])
    yield "D11", reverse("production:print_contact", args=[world.things["contact"].number])
    yield "D13", reverse("procurement:print", args=[world.things["purchase"].number])
    yield "D49", reverse("finance:print_invoice", args=[world.things["invoice"].number])


def said(answer: Any) -> str:
    """Everything that an answer says, whatever it is wrapped in."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = f"{answer.get('Location', '')} {answer.get('Content-Disposition', '')} "
    if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
        cells = [str(cell) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows(values_only=True) for cell in row]
        return head + " ".join(cells)
    if content.startswith(b"%PDF") and len(content) > 400:
        return head + "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return head + content.decode("utf-8", "replace")
