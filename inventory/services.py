"""The stock's verbs. Every change is a movement and the balance beside it, under the lock of the balance (INV-01, INV-02).

Balances are locked by primary key within one call. An act that touches several items calls `hold_items` first, so that two acts in
opposite order cannot wait for each other. `source` is (kind, id) of the row that causes a booking; the same source again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from core.actor import Actor
from core.facts import act, publish
from core.reasons import Reason, Refused
from inventory.events import GoodsWerePutAway, PutAwayWasAsked
from inventory.models import Item, PutAway, Reservation, StockBalance, StockMovement

Source = tuple[str, int]
Kind = StockMovement.Kind
ZERO = Decimal(0)


def hold_items(item_ids: Iterable[int]) -> None:
    """Lock what is free of these items, in the one order that everybody keeps; inside an act, before its first reservation."""
    list(StockBalance.objects.free().select_for_update(of=("self",)).filter(item_id__in=list(item_ids)).order_by("pk").values_list("pk"))


@act
def receive_stock(
    *,
    item_id: int,
    company_id: int,
    quantity: Decimal,
    blocked: bool,
    source: Source,
    by: Actor,
    at: datetime,
    location: str = "",
    batch: str = "",
    order_id: int | None = None,
    kind: str = Kind.RECEIPT,
) -> StockBalance:
    """Goods come in, blocked or free. `kind` OPENING for the stock that a new installation starts with."""
    place = _place(item_id, company_id, location, batch)
    balance = _locked([place.pk])[place.pk]
    _fits(balance.item, quantity)
    _book(balance, kind, quantity, quantity if blocked else ZERO, source=source, by=by, at=at, order_id=order_id)
    return balance


@act
def reserve_stock(
    *,
    item_id: int,
    company_ids: Sequence[int],
    quantity: Decimal,
    purpose: str,
    reference_id: int,
    order_id: int,
    firm: bool,
    at: datetime,
    balance_id: int | None = None,
) -> Decimal:
    """Reserve up to `quantity` more of what is free, in the companies' order, oldest balance first. Returns what could be reserved.

    Every call adds; who wants a total asks `selectors.reserved_for` first. `balance_id` names the one place that will do.
    """
    if quantity == 0:
        return ZERO
    rank = {company_id: place for place, company_id in enumerate(company_ids)}
    rows = StockBalance.objects.free().select_for_update(of=("self",)).filter(item_id=item_id, company_id__in=company_ids)
    if balance_id is not None:
        rows = rows.filter(pk=balance_id)
    missing, places = quantity, list(rows.select_related("item__unit").order_by("pk"))
    _fits(places[0].item if places else Item.objects.select_related("unit").get(pk=item_id), quantity)
    for balance in sorted(places, key=lambda row: (rank[row.company_id], row.pk)):
        if (taken := min(balance.free, missing)) > 0:
            _reserve(balance, taken, purpose=purpose, reference_id=reference_id, order_id=order_id, firm=firm, at=at)
            missing -= taken
    return quantity - missing


@act
def firm_reservations(*, order_id: int, purpose: str, at: datetime) -> int:
    """Soft reservations of an order become firm (INV-02). Returns how many."""
    return Reservation.objects.filter(order_id=order_id, purpose=purpose, closed_at=None, firm=False).update(firm=True)


@act
def release_reservations(*, order_id: int, purpose: str | None = None, reference_id: int | None = None, at: datetime) -> Decimal:
    """What is still reserved becomes free again (INV-02). Returns how much."""
    open_ones = Reservation.objects.filter(order_id=order_id, closed_at=None)
    if purpose is not None:
        open_ones = open_ones.filter(purpose=purpose)
    if reference_id is not None:
        open_ones = open_ones.filter(reference_id=reference_id)
    released = ZERO
    for balance, reservation in _held_by(open_ones):
        left = reservation.left
        balance.reserved -= left
        reservation.closed_at = at
        balance.save(update_fields=["reserved"])
        reservation.save(update_fields=["closed_at"])
        released += left
    return released


@act
def release_part(*, purpose: str, reference_id: int, quantity: Decimal, at: datetime) -> Decimal:
    """So much of what is reserved for a reference becomes free again, the newest reservation first. Returns how much did."""
    rest = quantity
    for balance, reservation in reversed(_held_by(Reservation.objects.filter(purpose=purpose, reference_id=reference_id, closed_at=None))):
        part = min(rest, reservation.left)
        if part <= 0:
            break
        if part == reservation.left:
            reservation.closed_at = at
        else:
            reservation.quantity -= part
        reservation.save(update_fields=["quantity", "closed_at"])
        balance.reserved -= part
        balance.save(update_fields=["reserved"])
        rest -= part
    return quantity - rest


@act
def use_reservations(
    *, purpose: str, reference_id: int, quantity: Decimal, kind: str, source: Source, by: Actor, at: datetime
) -> list[StockMovement]:
    """Take reserved goods out of stock, oldest reservation first: ISSUE to production, SHIP to the customer. Returns the movements.

    Refuses with `too_little_reserved` when less is reserved. The same source for the same reference again returns what it booked before.
    """
    wanted = Reservation.objects.filter(purpose=purpose, reference_id=reference_id)
    held = _held_by(wanted.filter(closed_at=None))
    before = list(
        StockMovement.objects.filter(reservation__in=wanted, kind=kind, source_kind=source[0], source_id=source[1]).order_by("pk")
    )
    if before:
        _same(-sum((movement.quantity for movement in before), ZERO), quantity)
        return before
    if quantity <= 0:
        raise Refused(Reason("quantity_not_positive", field="quantity"))
    reserved = sum((reservation.left for _, reservation in held), ZERO)
    if reserved < quantity:
        raise Refused(Reason("too_little_reserved", reserved=reserved, wanted=quantity))
    if held:
        _fits(held[0][0].item, quantity)
    booked, missing = [], quantity
    for balance, reservation in held:
        taken = min(reservation.left, missing)
        if taken <= 0:
            break
        _use(reservation, taken, at)
        balance.reserved -= taken
        movement = _book(balance, kind, -taken, ZERO, source=source, by=by, at=at, order_id=reservation.order_id, reservation=reservation)
        booked.append(movement)
        missing -= taken
    return booked


@act
def scrap_stock(
    *, balance_id: int, quantity: Decimal, source: Source, by: Actor, at: datetime, order_id: int | None = None
) -> StockMovement:
    """Blocked goods leave the stock: scrapped, or returned to the supplier (QUA-07). Refuses more than is blocked and not spoken for."""
    return _blocked_leave(Kind.SCRAP, balance_id, quantity, source, order_id, by, at)


@act
def send_back_stock(*, balance_id: int, quantity: Decimal, source: Source, by: Actor, at: datetime, order_id: int) -> StockMovement:
    """Blocked goods that are the customer's go back to them (RET-05). Refuses more than is blocked and not spoken for."""
    return _blocked_leave(Kind.SENT_BACK, balance_id, quantity, source, order_id, by, at)


def _blocked_leave(
    kind: str, balance_id: int, quantity: Decimal, source: Source, order_id: int | None, by: Actor, at: datetime
) -> StockMovement:
    balance = _locked([balance_id])[balance_id]
    _fits(balance.item, quantity)
    if (before := _booked(balance, kind, source)) is not None:
        _same(-before.quantity, quantity)
        return before
    _is_blocked(balance, quantity)
    return _book(balance, kind, -quantity, -quantity, source=source, by=by, at=at, order_id=order_id)


@act
def await_put_away(
    *, balance_id: int, quantity: Decimal, source: Source, order_id: int | None, line_id: int | None, by: Actor, at: datetime
) -> PutAway:
    """Accepted goods wait, still blocked, for the store keeper (EXE-10, PUR-07). With `line_id` they will be reserved for that line."""
    balance = _locked([balance_id])[balance_id]
    _fits(balance.item, quantity)
    found = PutAway.objects.filter(source_kind=source[0], source_id=source[1]).first()
    if found is not None:
        _same(found.quantity, quantity)
        return found
    _is_blocked(balance, quantity)
    waiting = PutAway.objects.create(
        balance=balance, quantity=quantity, source_kind=source[0], source_id=source[1], order_id=order_id, line_id=line_id, opened_at=at
    )
    fact = PutAwayWasAsked(
        order_id=order_id,
        put_away_id=waiting.pk,
        source_kind=source[0],
        source_id=source[1],
        code=balance.item.code,
        quantity=quantity,
        line_id=line_id,
    )
    publish(fact, by=by, at=at, thing=waiting)
    return waiting


@act
def put_away(*, put_away: PutAway, location: str, by: Actor, at: datetime, batch: str = "", serials: Sequence[str] = ()) -> PutAway:
    """The store keeper says where the goods lie: they become free, or reserved firmly for their order line (EXE-10).

    `serials`: one per piece, each gets a balance of its own; else all stand under `batch`, or the batch that they came with.
    """
    row = PutAway.objects.select_related("balance__item").locked(put_away)
    if not location.strip():
        raise Refused(Reason("location_missing", field="location"))
    _serials_fit(row, serials)
    row.location, row.batch, row.serials = location.strip(), batch.strip() or row.balance.batch, list(serials)
    row.stored_at, row.person_name = at, by.name
    by = row.take("put_away", by=by, at=at)
    parts = [(serial, Decimal(1)) for serial in serials] or [(row.batch, row.quantity)]
    places = _move_to_store(row, parts, by, at)
    if row.line_id is not None:
        assert row.order_id is not None, "an order line belongs to an order"
        for place, quantity in places:
            _reserve(place, quantity, purpose=Reservation.Purpose.LINE, reference_id=row.line_id, order_id=row.order_id, firm=True, at=at)
    publish(_stored(row, places), by=by, at=at)
    return row


def _stored(row: PutAway, places: list[tuple[StockBalance, Decimal]]) -> GoodsWerePutAway:
    return GoodsWerePutAway(
        order_id=row.order_id,
        put_away_id=row.pk,
        source_kind=row.source_kind,
        source_id=row.source_id,
        item_id=row.balance.item_id,
        company_id=row.balance.company_id,
        code=row.balance.item.code,
        quantity=row.quantity,
        line_id=row.line_id,
        balance_id=places[0][0].pk if len(places) == 1 else None,
        location=row.location,
        batch=row.batch,
    )


def _move_to_store(row: PutAway, parts: list[tuple[str, Decimal]], by: Actor, at: datetime) -> list[tuple[StockBalance, Decimal]]:
    """Out of the blocked balance, into the places in the store; the whole stays on hand in the same company."""
    old = row.balance
    targets = [(_place(old.item_id, old.company_id, row.location, batch).pk, quantity) for batch, quantity in parts]
    rows = _locked([old.pk, *(pk for pk, _ in targets)])
    source = ("inventory.putaway", row.pk)
    leaving = sum((quantity for pk, quantity in targets if pk != old.pk), ZERO)
    _book(rows[old.pk], Kind.RELEASE, -leaving, -row.quantity, source=source, by=by, at=at, order_id=row.order_id)
    for pk, quantity in targets:
        if pk != old.pk:
            _book(rows[pk], Kind.RECEIPT, quantity, ZERO, source=source, by=by, at=at, order_id=row.order_id)
    return [(rows[pk], quantity) for pk, quantity in targets]


def _fits(item: Item, quantity: Decimal) -> None:
    if quantity <= 0:
        raise Refused(Reason("quantity_not_positive", field="quantity"))
    item.unit.fit(quantity)


def _serials_fit(row: PutAway, serials: Sequence[str]) -> None:
    if not serials:
        return
    if len(serials) != row.quantity:
        raise Refused(Reason("serials_do_not_match", field="serials", given=len(serials), quantity=row.quantity))
    if long := [serial for serial in serials if len(serial) > 60]:
        raise Refused(Reason("serial_too_long", field="serials", serials=long))
    here = StockBalance.objects.filter(item_id=row.balance.item_id, batch__in=serials, on_hand__gt=0).exclude(pk=row.balance_id)
    twice = {serial for serial in serials if serials.count(serial) > 1} | set(here.values_list("batch", flat=True))
    if twice:
        raise Refused(Reason("serials_twice", field="serials", serials=sorted(twice)))


def _place(item_id: int, company_id: int, location: str, batch: str) -> StockBalance:
    """The balance of a place, made when it is the first time; two who come at once get the same one."""
    return StockBalance.objects.get_or_create(item_id=item_id, company_id=company_id, location=location, batch=batch)[0]


def _locked(ids: Iterable[int] | QuerySet) -> dict[int, StockBalance]:
    rows = StockBalance.objects.select_for_update(of=("self",)).select_related("item__unit").filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def _held_by(reservations: object) -> list[tuple[StockBalance, Reservation]]:
    """Open reservations with their balances, locked: balances first, then the reservations as they are under that lock, oldest first."""
    rows = _locked(reservations.values("balance_id"))  # type: ignore[attr-defined]
    found = reservations.select_for_update(of=("self",)).filter(balance_id__in=rows).order_by("pk")  # type: ignore[attr-defined]
    return [(rows[each.balance_id], each) for each in found]


def _reserve(
    balance: StockBalance, quantity: Decimal, *, purpose: str, reference_id: int, order_id: int, firm: bool, at: datetime
) -> Reservation:
    balance.reserved += quantity
    balance.save(update_fields=["reserved"])
    return Reservation.objects.create(
        balance=balance, order_id=order_id, purpose=purpose, reference_id=reference_id, quantity=quantity, firm=firm, at=at
    )


def _use(reservation: Reservation, quantity: Decimal, at: datetime) -> None:
    reservation.used += quantity
    if reservation.used == reservation.quantity:
        reservation.closed_at = at
    reservation.save(update_fields=["used", "closed_at"])


def _is_blocked(balance: StockBalance, quantity: Decimal) -> None:
    """Blocked goods that wait for the store keeper are spoken for."""
    waiting = PutAway.objects.waiting().filter(balance=balance).aggregate(sum=Sum("quantity"))["sum"] or ZERO
    if quantity > balance.blocked - waiting:
        raise Refused(Reason("too_little_blocked", field="quantity", blocked=balance.blocked - waiting, wanted=quantity))


def _booked(balance: StockBalance, kind: str, source: Source) -> StockMovement | None:
    found = StockMovement.objects.filter(balance=balance, kind=kind, source_kind=source[0], source_id=source[1], reservation=None)
    return found.first()


def _same(booked: Decimal, wanted: Decimal) -> None:
    if booked != wanted:
        raise Refused(Reason("booked_otherwise", booked=booked, wanted=wanted))


def _book(
    balance: StockBalance,
    kind: str,
    quantity: Decimal,
    blocked: Decimal,
    *,
    source: Source,
    by: Actor,
    at: datetime,
    order_id: int | None,
    reservation: Reservation | None = None,
) -> StockMovement:
    """One movement and the balance beside it; the balance is locked. The same source again changes nothing."""
    if reservation is None and (before := _booked(balance, kind, source)) is not None:
        _same(before.quantity, quantity)
        return before
    balance.on_hand += quantity
    balance.blocked += blocked
    if balance.on_hand < 0 or balance.blocked < 0 or balance.reserved < 0 or balance.free < 0:
        figures = {"on_hand": balance.on_hand - quantity, "blocked": balance.blocked - blocked, "reserved": balance.reserved}
        raise Refused(Reason("stock_short", item=balance.item.code, **figures))
    balance.save(update_fields=["on_hand", "blocked", "reserved"])
    return StockMovement.objects.create(
        balance=balance,
        kind=kind,
        quantity=quantity,
        blocked=blocked,
        source_kind=source[0],
        source_id=source[1],
        reservation=reservation,
        order_id=order_id,
        person_id=by.person_id,
        at=at,
    )
