"""Service: written down, handed over within the hour, the customer called within two, solved until they agree."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aftersales import services, verify
from aftersales.models import Rating, ServiceRequest
from aftersales.receivers import look_after_the_damage
from core.models import Fact
from core.reasons import NotAllowed, NotReady, Reason, Refused
from documents.models import Attachment
from orders.guards import nothing_is_open
from shipping.events import DamageWasReported
from shipping.services import report_damage
from sla.models import RunningClock
from sla.work import tasks
from tests.factories.shipping import order_in_store
from tests.factories.work import begun_before_the_release, on_my_work
from tests.personas import MONDAY_9AM

pytestmark = pytest.mark.django_db
D = Decimal
WORDS = "三号柜合闸后有异响"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def request_of(order, by, **more):
    given = {"words": WORDS, "contact": "王工 13800000001", "channel": "phone", **more}
    return services.receive_request(order=order, by=by, at=MONDAY_9AM, **given)


def holds():
    return [wrong for _name, check in verify.invariants() for wrong in check()]


@pytest.fixture
def contacted(delivered, clerk_zhou, aftersales_head_liang):
    request = request_of(delivered((2, "15800")), clerk_zhou)
    services.hand_over_service(service=request, by=clerk_zhou, at=MONDAY_9AM)
    return services.contact_customer(service=request, note="王工：周三上午到现场", by=aftersales_head_liang, at=MONDAY_9AM)


@pytest.mark.req("SVC-01")
def test_the_clerk_writes_it_down_and_has_an_hour_to_hand_it_over(delivered, clerk_zhou):
    order = delivered((2, "15800"))
    paper = SimpleUploadedFile("来函.pdf", PAPER, content_type="application/pdf")
    request = request_of(order, clerk_zhou, uploads=[paper])
    clock = RunningClock.objects.get(name="service_handover")
    assert (request.number[:4], request.state, request.words) == ("FW26", "received", WORDS)
    assert (clock.post_id, clock.due_at) == (request.receiver_post_id, MONDAY_9AM + timedelta(hours=1))
    assert Attachment.objects.get(subject_kind="aftersales.servicerequest").subject_id == request.pk
    services.hand_over_service(service=request, by=clerk_zhou, at=MONDAY_9AM)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM
    contact = RunningClock.objects.get(name="service_contact")
    assert (contact.role, contact.due_at) == ("aftersales_head", MONDAY_9AM + timedelta(hours=2))
    assert holds() == []


@pytest.mark.req("SVC-01")
def test_what_the_customer_asks_on_their_page_is_handed_over_by_the_orders_clerk(delivered, wang):
    order = delivered((2, "15800"))
    request = request_of(order, wang(order), channel="portal")
    assert (request.received_by, request.receiver_post_id) == ("王工", order.clerk_post_id)
    assert RunningClock.objects.get(name="service_handover").post_id == order.clerk_post_id


@pytest.mark.req("SVC-01")
def test_what_after_sales_takes_down_is_with_after_sales(delivered, aftersales_ma):
    assert request_of(delivered((2, "15800")), aftersales_ma).state == "received"
    assert ServiceRequest.objects.get().state == "handed_over"
    assert RunningClock.objects.get(name="service_handover").stopped_at == MONDAY_9AM


@pytest.mark.req("SVC-02", "FIN-05")
def test_the_solution_and_its_cost_are_recorded_until_the_customer_agrees(contacted, aftersales_ma, wang):
    for solution, cost in (("更换机构", "300"), ("更换机构并重新调试", "520")):
        services.record_solution(service=contacted, solution=solution, cost=D(cost), told_to="王工", by=aftersales_ma, at=MONDAY_9AM)
        services.finish_service(service=contacted, by=aftersales_ma, at=MONDAY_9AM)
    row = ServiceRequest.objects.get()
    assert (row.state, row.solution, row.cost) == ("solved", "更换机构并重新调试", D("520"))
    assert [reason.code for reason in nothing_is_open.reasons(row.order)] == ["still_open"]
    services.close_service(service=row, by=wang(row.order), at=MONDAY_9AM)
    row.refresh_from_db()
    assert (row.state, row.agreed_by) == ("closed", "王工")
    assert nothing_is_open.reasons(row.order) == ()
    assert Rating.objects.get(service=row).answer_by == (MONDAY_9AM + timedelta(days=14)).date()
    assert holds() == []


@pytest.mark.req("SVC-02")
def test_the_contact_stops_the_heads_clock_and_is_the_heads(delivered, clerk_zhou, aftersales_ma, aftersales_head_liang):
    request = request_of(delivered((2, "15800")), clerk_zhou)
    services.hand_over_service(service=request, by=clerk_zhou, at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        services.contact_customer(service=request, note="已联系", by=aftersales_ma, at=MONDAY_9AM)
    services.contact_customer(service=request, note="已联系", by=aftersales_head_liang, at=MONDAY_9AM)
    assert RunningClock.objects.get(name="service_contact").stopped_at == MONDAY_9AM


@pytest.mark.req("SVC-02")
def test_closing_needs_the_name_of_who_agreed(contacted, aftersales_ma):
    services.record_solution(service=contacted, solution="电话指导", cost=D(0), told_to="王工", by=aftersales_ma, at=MONDAY_9AM)
    services.finish_service(service=contacted, by=aftersales_ma, at=MONDAY_9AM)
    with pytest.raises(Refused) as refused:
        services.close_service(service=contacted, by=aftersales_ma, at=MONDAY_9AM)
    assert refused.value.reasons == (Reason("agreement_missing", field="agreed_by"),)


@pytest.mark.req("SVC-01")
def test_before_anything_left_the_house_there_is_nothing_to_serve(clerk_zhou):
    with pytest.raises(NotReady) as refused:
        request_of(order_in_store((2, "15800"), free=True), clerk_zhou, words=" ")
    assert [reason.code for reason in refused.value.reasons] == ["words_missing", "nothing_shipped"]


@pytest.mark.req("SVC-01", "SEC-01")
def test_strangers_ask_for_nothing(delivered, store_keeper_qian, manager_xiong, wang):
    order, other = delivered((2, "15800")), delivered((1, "99"))
    for stranger in (store_keeper_qian, manager_xiong, wang(other)):
        with pytest.raises(NotAllowed):
            request_of(order, stranger)


def solve(request, by):
    services.contact_customer(service=request, note="王工", by=by, at=MONDAY_9AM)
    services.record_solution(service=request, solution="换门", cost=D(900), told_to="王工", by=by, at=MONDAY_9AM)
    services.finish_service(service=request, by=by, at=MONDAY_9AM)
    services.close_service(service=request, agreed_by="王工", by=by, at=MONDAY_9AM)


@pytest.mark.req("SHP-10", "SVC-02")
def test_a_damage_is_a_service_with_four_hours_for_the_decision(delivered, clerk_zhou, aftersales_head_liang):
    shipment = delivered((2, "15800")).shipments.get()
    damage = report_damage(shipment=shipment, words="柜门凹陷", by=clerk_zhou, at=MONDAY_9AM)
    request = ServiceRequest.objects.get()
    clock = RunningClock.objects.get(name="damage_decision")
    assert (request.kind, request.state, request.words, request.shipment_id) == ("damage", "handed_over", "柜门凹陷", shipment.pk)
    assert (clock.role, clock.due_at) == ("aftersales_head", MONDAY_9AM + timedelta(hours=5))  # a rest at noon
    (task,) = tasks([clock], aftersales_head_liang, MONDAY_9AM)
    assert task["url"] == request.get_absolute_url()
    heard = DamageWasReported(
        order_id=shipment.order_id, shipment_id=shipment.pk, damage_id=damage.pk, delivery_number=shipment.delivery_number, words="—"
    )
    look_after_the_damage(heard, Fact.objects.get(kind=DamageWasReported.kind()))  # told twice
    assert ServiceRequest.objects.count() == 1
    solve(request, aftersales_head_liang)
    clock.refresh_from_db()
    assert clock.stopped_at == MONDAY_9AM


@pytest.mark.req("SHP-10", "SLA-01")
def test_the_clock_of_a_damage_does_not_wait_for_after_sales_to_hear_of_it(delivered, clerk_zhou, monkeypatch):
    shipment = delivered((2, "15800")).shipments.get()
    monkeypatch.setattr(services, "receive_request", lambda **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # the sweep tries again
        report_damage(shipment=shipment, words="柜门凹陷", by=clerk_zhou, at=MONDAY_9AM)
    clock = RunningClock.objects.open().get(name="damage_decision")
    assert (clock.subject_kind, clock.subject_id, clock.started_at) == ("shipping.damage", shipment.damages.get().pk, MONDAY_9AM)
    assert ServiceRequest.objects.count() == 0


@pytest.mark.req("SHP-10")
def test_a_second_damage_of_a_delivery_is_a_second_service_with_its_own_hours(delivered, clerk_zhou, aftersales_head_liang):
    shipment = delivered((2, "15800")).shipments.get()
    report_damage(shipment=shipment, words="柜门凹陷", by=clerk_zhou, at=MONDAY_9AM)
    solve(ServiceRequest.objects.get(), aftersales_head_liang)
    later = MONDAY_9AM + timedelta(days=1)
    second = report_damage(shipment=shipment, words="绝缘子断裂", by=clerk_zhou, at=later)
    assert ServiceRequest.objects.open().get().words == "绝缘子断裂"
    assert RunningClock.objects.open().get(name="damage_decision").subject_id == second.pk
    assert holds() == []
    ServiceRequest.objects.filter(damage_id=second.pk).update(damage_id=None)
    assert len(verify.every_damage_is_looked_after()) == 1


@pytest.mark.req("SVC-02", "SLA-07")
def test_after_the_call_the_engineer_has_it_until_the_customer_agrees(contacted, aftersales_ma, wang):
    def work():
        return [name for name in on_my_work(aftersales_ma) if name.startswith("service_")]

    assert work() == ["service_solution"]
    begun_before_the_release()
    for solution in ("更换机构", "更换机构并重新调试"):
        services.record_solution(service=contacted, solution=solution, cost=D(0), told_to="王工", by=aftersales_ma, at=MONDAY_9AM)
        assert work() == ["service_work"], "also when the first solution was not the last"
        begun_before_the_release()
        services.finish_service(service=contacted, by=aftersales_ma, at=MONDAY_9AM)
        assert work() == ["service_closing"]
        begun_before_the_release()
    services.close_service(service=contacted, by=wang(contacted.order), at=MONDAY_9AM)
    assert work() == []
