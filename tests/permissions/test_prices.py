"""SEC-01, the two price flags: whoever lacks one reads no such figure, in no page, panel, timeline, export, paper or admin page."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from core.models import Fact
from documents.services import printing_available
from organization.roles import RIGHTS, Role
from procurement.models import PurchaseLine
from tests.permissions.reading import objects, pages, papers, said
from tests.permissions.table import BUYERS, LEADERS, MONEY, SEE_SALE_PRICES, who
from tests.permissions.world import UNIT_COST, UNIT_PRICES, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-01")]
SEE_COSTS = BUYERS | MONEY | LEADERS | who(Role.QUOTER)
WITHOUT_SALE_PRICES = [role for role in Role.values if role not in SEE_SALE_PRICES]
WITHOUT_COSTS = [role for role in Role.values if role not in SEE_COSTS]


def written(*amounts: Decimal) -> set[str]:
    """An amount as it may stand in a page, a form field, an export or a JSON."""
    return {text for amount in amounts for text in (f"{amount.normalize():f}", f"{amount:,.2f}", f"{amount:.2f}", f"{amount:,.4f}")}


def sale_figures(world: World) -> set[str]:
    lines = world.order.lines.filter(item__isnull=False)
    return written(world.order.amount, *UNIT_PRICES.values(), *(line.quantity * line.unit_price for line in lines))


def cost_figures(world: World) -> set[str]:
    lines = PurchaseLine.objects.filter(order=world.order)
    return written(UNIT_COST, *(line.cost for line in lines))


def shown(world: World, role: str, figures: set[str]) -> list[tuple[str, list[str]]]:
    """Where the person of this role reads one of the figures."""
    client = world.client(world.insiders[role])
    found = []
    for name, address in [*objects(world), *pages(world)]:
        with transaction.atomic():
            body = said(client.get(address))
            transaction.set_rollback(True)
        hits = sorted(figure for figure in figures if figure in body)
        if hits:
            found.append((name, hits))
    return found


def test_the_table_of_rights_has_the_flags_of_the_roles():
    assert {role for role in Role.values if RIGHTS[role].sale_prices} == SEE_SALE_PRICES
    assert {role for role in Role.values if RIGHTS[role].costs} == SEE_COSTS
    freight = LEADERS | who(Role.TRANSPORT, Role.TRANSPORT_HEAD, Role.FREIGHT_AUDITOR)
    assert {role for role in Role.values if RIGHTS[role].freight} == freight


@pytest.mark.parametrize("role", [role for role in Role.values if role in (*WITHOUT_SALE_PRICES, *WITHOUT_COSTS)])
def test_no_price_and_no_cost_is_shown_without_its_flag(role, world, quick_pages):
    """One reading of all pages for both flags: it is the longest question of the suite."""
    hidden = (sale_figures(world) if role in WITHOUT_SALE_PRICES else set()) | (cost_figures(world) if role in WITHOUT_COSTS else set())
    assert shown(world, role, hidden) == []


def test_the_frame_of_the_pages_shows_no_price_either(world):
    """Asked of one page for each role; the questions above leave the frame out."""
    figures = sale_figures(world) | cost_figures(world)
    for role in set(WITHOUT_SALE_PRICES) & set(WITHOUT_COSTS):
        body = said(world.client(world.insiders[role]).get(reverse("home")))
        assert [figure for figure in figures if figure in body] == [], role


def test_with_the_flag_the_figures_are_there(world, quick_pages):
    """The control: the search finds them where they may be."""
    clerk = dict(shown(world, Role.SALES_CLERK, sale_figures(world)))
    assert {"orders:detail", "orders:list xlsx", "orders:list", "panel deal", "finance:invoice"} <= set(clerk)
    buyer = dict(shown(world, Role.BUYER, cost_figures(world)))
    assert "procurement:purchase" in buyer
    assert {"orders:meeting", "orders:paper_act/answer"} <= set(dict(shown(world, Role.PURCHASING_HEAD, cost_figures(world))))


@pytest.mark.skipif(bool(printing_available()), reason="printing needs Pango")
def test_papers_without_prices_have_none_and_the_others_are_not_given(world):
    """Printed for real and read back; D02, D02, D05, D11, D19 and D21 go to hands without the flag."""
    figures = sale_figures(world) | cost_figures(world)
    for role in (Role.PRODUCTION_MANAGER, Role.STORE_KEEPER, Role.DESIGN_HEAD, Role.TRANSPORT):
        client = world.client(world.insiders[role])
        given = {}
        for name, address in papers(world):
            answer = client.post(address, follow=True)
            if answer.get("Content-Type") == "application/pdf":
                given[name] = said(answer)
        assert set(given) <= {"D02", "D05", "D11", "D19", "D21"}, role
        assert given, role
        assert [(name, figure) for name, text in given.items() for figure in figures if figure in text] == []


@pytest.mark.skipif(bool(printing_available()), reason="printing needs Pango")
def test_the_search_in_papers_finds_prices_where_they_stand(world):
    clerk = world.client(world.insiders[Role.SALES_CLERK])
    text = said(clerk.post(dict(papers(world))["D03"], follow=True))
    assert any(figure in text for figure in sale_figures(world))


def test_a_paper_with_prices_is_not_read_by_its_number(world):
    address = reverse("documents:print", args=[world.things["print"].pk])
    for role in WITHOUT_SALE_PRICES:
        assert world.client(world.insiders[role]).get(address).status_code == 404, role


def test_the_signed_contract_is_not_read_without_the_flag(world):
    address = reverse("documents:file", args=[world.things["scan"].pk])
    for role in WITHOUT_SALE_PRICES:
        assert world.client(world.insiders[role]).get(address).status_code == 404, role


def test_the_administrator_reads_no_money_in_the_admin_site(world):
    client = world.client(world.insiders[Role.ADMINISTRATOR])
    figures = sale_figures(world) | cost_figures(world)
    order = world.order
    facts = [f"/admin/core/fact/{pk}/change/" for pk in Fact.objects.filter(order_id=order.pk).values_list("pk", flat=True)]
    rows = {
        "orders/order": order, "orders/contract": world.things["contract"], "orders/quotation": order.quotations.first(),
        "procurement/purchaseorder": world.things["purchase"], "finance/invoice": world.things["invoice"],
        "finance/payment": world.things["payment"], "shipping/shipment": world.things["shipment"],
    }  # fmt: skip
    asked = [
        *facts,
        "/admin/core/fact/",
        *(f"/admin/{path}/" for path in rows),
        *(f"/admin/{path}/{row.pk}/change/" for path, row in rows.items()),
    ]
    found, opened = [], 0
    for address in asked:
        answer = client.get(address)
        assert answer.status_code < 500, address
        opened += answer.status_code == 200
        hits = sorted(figure for figure in figures if figure in said(answer))
        if hits:
            found.append((address, hits))
    assert found == []
    assert opened > len(facts)
