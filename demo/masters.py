"""The demo group as rows: companies, people, catalogue, customers, stock. Tests stand on the same group.

Every function looks for its rows by their natural keys and adds only what is missing: run again it changes nothing, and what a
manager has edited since stays.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction

from core.actor import SYSTEM
from core.models import Unit
from inventory.models import BomLine, Item, StockMovement
from inventory.services import receive_stock
from orders.models import Customer, GradeRule, PaymentStage, PaymentTerm, PriceRule, Settings, Surcharge
from organization.holidays_cn import statutory_days
from organization.models import Calendar, CalendarDay, Company, Department, Person, Post

DATA = Path(__file__).parent / "data"
YEARS = (2026, 2027)
OFFICE, WORKSHOP = "办公室", "车间"
SHIFTS = {OFFICE: "08:00-12:00,13:00-17:00", WORKSHOP: "08:00-12:00,13:30-17:30"}
UNITS = {**dict.fromkeys("面台套只组项", 0), "kg": 3}
GRADES = {"A": True, "B": False, "C": False}  # may be instructed before the signed form is back, and ships before payment
OUR_COST = Decimal("0.8")
OPENING = "demo.stock"


@transaction.atomic
def load_masters(*, at: datetime) -> None:
    """All masters of the demo group; `at` is the moment of the opening stock."""
    load_companies()
    load_departments_and_posts()
    load_statutory_days()
    load_terms()
    load_customers()
    load_items()
    load_prices()
    load_departments_of_work()
    load_opening_stock(at)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a csv file of the demo group."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def companies() -> dict[str, Company]:
    """Companies by code and by full name."""
    found = list(Company.objects.all())
    return {company.code: company for company in found} | {company.name: company for company in found}


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def load_companies() -> None:
    for name, shifts in SHIFTS.items():
        Calendar.objects.get_or_create(name=name, defaults={"shifts": shifts})
    office = Calendar.objects.get(name=OFFICE)
    for row in rows("companies"):
        code = row.pop("code")
        Company.objects.get_or_create(code=code, defaults={**row, "calendar": office})
    for company in Company.objects.filter(kind=Company.Kind.SALES):
        Settings.objects.get_or_create(company=company)


def load_departments_and_posts() -> None:
    group = companies()
    workshop = Calendar.objects.get(name=WORKSHOP)
    for row in rows("departments"):
        calendar = workshop if row["calendar"] == WORKSHOP else None
        Department.objects.get_or_create(company=group[row["company"]], name=row["name"], defaults={"calendar": calendar})
    departments = {(d.company_id, d.name): d for d in Department.objects.select_related("company", "head")}
    people: dict[str, Person] = {}
    for row in rows("posts"):
        username = row["username"]
        if username not in people:
            people[username] = Person.objects.filter(username=username).first() or Person.objects.create_user(username, name=row["name"])
        department = departments[group[row["company"]].pk, row["department"]]
        Post.objects.get_or_create(department=department, role=row["role"], holder=people[username])
    for row in rows("departments"):
        department = departments[group[row["company"]].pk, row["name"]]
        if department.head is None:
            department.head = department.posts.get(role=row["head"])
            department.save()


def load_statutory_days() -> None:
    known = set(CalendarDay.objects.filter(company=None).values_list("date", flat=True))
    days = {date: what for year in YEARS for date, what in statutory_days(year).items()}
    CalendarDay.objects.bulk_create(
        CalendarDay(date=date, working=working, name=name) for date, (working, name) in days.items() if date not in known
    )


def load_terms() -> None:
    for grade, generous in GRADES.items():
        GradeRule.objects.get_or_create(grade=grade, defaults={"instruct_before_signature": generous, "ship_before_payment": generous})
    for row in rows("payment_terms"):
        term, _ = PaymentTerm.objects.get_or_create(name=row["term"])
        defaults = {"gate": row["gate"], "percent": row["percent"], "days": row["days"]}
        PaymentStage.objects.get_or_create(term=term, position=row["position"], defaults=defaults)


def load_customers() -> None:
    for row in rows("customers"):
        foreign = row["kind"] == "foreign"
        term = row["payment_terms"] if foreign else row["payment_terms"].replace(",", "，")
        defaults = {
            "name": row["name"],
            "kind": "国外客户" if foreign else row["kind"],
            "grade": GradeRule.objects.get(grade=row["grade"]),
            "address": row["address"],
            "credit_limit": row["credit_limit_cny"],
            "payment_term": PaymentTerm.objects.get(name=term),
            "foreign": foreign,
            "currency": "USD" if foreign else "CNY",
            "email": row["email"],
            "language": "en" if foreign else "zh-hans",
        }
        Customer.objects.get_or_create(code=row["code"], defaults=defaults)


def load_items() -> None:
    group = companies()
    units = {code: Unit.objects.get_or_create(code=code, defaults={"decimals": decimals})[0] for code, decimals in UNITS.items()}
    plain = ("name_zh", "name_en", "category", "lead_days", "status", "supply", "multiple", "min_qty")
    for row in rows("products"):
        defaults: dict[str, Any] = {name.replace("min_qty", "min_quantity"): row[name] for name in plain}
        defaults |= {
            "unit": units[row["unit"]],
            "complete_set": row["complete_set"] == "1",
            "list_price": number(row["list_price_cny"]),
            "company": group.get(row["company"]),
        }
        Item.objects.get_or_create(code=row["code"], defaults=defaults)
    items = {item.code: item for item in Item.objects.all()}
    for row in rows("products"):
        item = items[row["code"]]
        if row["successor"] and item.successor_id is None:
            item.successor = items[row["successor"]]
            item.save()
    for row in rows("bom"):
        defaults = {"quantity_per": row["quantity_per"]}
        BomLine.objects.get_or_create(product=items[row["product"]], component=items[row["component"]], defaults=defaults)


def load_prices() -> None:
    for row in rows("price_rules"):
        defaults: dict[str, Any] = {
            "grade": GradeRule.objects.filter(grade=row["grade"]).first(),
            "category": row["category"],
            "min_quantity": row["min_quantity"] or 0,
            "discount_percent": row["discount_percent"],
            "valid_from": row["valid_from"],
            "valid_to": day(row["valid_to"]),
        }
        PriceRule.objects.get_or_create(name=row["rule"], defaults=defaults)
    for row in rows("surcharges"):
        defaults = {name: row[name] for name in ("name_zh", "name_en", "unit")}
        defaults |= {"price": number(row["price_cny"]), "percent": number(row["percent"])}
        Surcharge.objects.get_or_create(code=row["code"], defaults=defaults)


def load_departments_of_work() -> None:
    """Suppliers and work centres, where procurement and production are installed."""
    if apps.is_installed("procurement"):
        load_suppliers(apps.get_model("procurement", "Supplier"), apps.get_model("procurement", "SupplierItem"))
    if apps.is_installed("production"):
        load_work_centres(apps.get_model("production", "WorkCentre"))


def load_suppliers(supplier: Any, supplier_item: Any) -> None:
    """Outside suppliers with what they sell, at four fifths of our list price; sister companies supply what they make."""
    items = {item.code: item for item in Item.objects.all()}
    for row in rows("suppliers"):
        defaults = {"name": row["name"], "lead_days": row["lead_days"], "on_time_percent": row["on_time_percent"]}
        one, _ = supplier.objects.get_or_create(code=row["code"], defaults=defaults)
        for code in row["items"].split(";"):
            supplier_item.objects.get_or_create(
                supplier=one, item=items[code], defaults={"price": (items[code].list_price or 0) * OUR_COST}
            )
    for company in Company.objects.filter(kind__in=[Company.Kind.PRODUCT, Company.Kind.SERVICE]):
        supplier.objects.get_or_create(company=company, defaults={"code": company.code, "name": company.name})


def load_work_centres(work_centre: Any) -> None:
    group = companies()
    for row in rows("work_centres"):
        company = group[row["company"]]
        defaults: dict[str, Any] = {name: row[name] for name in ("kind", "people_or_lines", "hours_per_day")}
        defaults |= {"name": row["name_zh"], "company": company, "department": company.departments.get(name=row["department"])}
        work_centre.objects.get_or_create(code=row["code"], defaults=defaults)


def load_opening_stock(at: datetime) -> None:
    group = companies()
    booked = set(StockMovement.objects.filter(source_kind=OPENING).values_list("source_id", flat=True))
    for index, row in enumerate(rows("stock"), start=1):
        if index in booked:
            continue
        receive_stock(
            item_id=Item.objects.get(code=row["item"]).pk,
            company_id=group[row["company"]].pk,
            quantity=Decimal(row["quantity"]),
            blocked=False,
            source=(OPENING, index),
            by=SYSTEM,
            at=at,
            location="A-01",
            kind=StockMovement.Kind.OPENING,
        )
