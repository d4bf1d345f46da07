"""Fills a PostgreSQL database with many orders: a few dozen are walked through the services, then all their rows are copied.

A block is what some walks have left: the rows of every table above the keys that were there before. A copy of a block is the same text
with new keys, numbers, months and customers; what one row of a block says of another (foreign keys, `order_id`, `source_id`, the ids in
a fact's data) points to the copy. So what the services wrote holds for every copy too, and `manage.py verify` finds nothing:
`python -m bench.fill 1000` shows it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from operator import itemgetter
from typing import Any

from bench.bulk import bare_tables, copy_in, copy_out, set_sequences, settle_stock
from bench.database import prepared, start

OPEN = 0.05  # share of orders that are not at their end
MONTHS = 12  # over which the ended ones are spread
AT_ONCE = 40  # copies of a block per COPY
CUSTOMERS = 2000
NUMBER = re.compile(r"\b([A-Z]{2})(\d{4})-(\d{4,})\b")
INVOICE = re.compile(r"\bFP(\d\d)-([A-Z]+)-(\d{4,})\b")
MARK = re.compile("\ue000(\\d+)\ue001")
# ids by name where the name does not say the model
MEANT = {
    "line": "orders.orderline", "due": "orders.paymentdue", "plan": "production.productionplan", "task": "production.plantask",
    "purchase": "procurement.purchaseorder", "instruction": "orders.productioninstruction", "report": "production.taskreport",
    "balance": "inventory.stockbalance", "scan": "documents.attachment",
}  # fmt: skip
RESERVED = {"line": "orders.orderline", "component": "procurement.demand"}  # purpose of a reservation -> whose id it holds
NOT_COPIED = ("documents.storedfile", "core.counter")
CITIES = ("杭州", "宁波", "温州", "苏州", "无锡", "常州", "南通", "合肥", "芜湖", "济南", "青岛", "郑州", "洛阳", "武汉", "宜昌",
          "长沙", "株洲", "南昌", "福州", "厦门", "广州", "佛山", "成都", "绵阳")  # fmt: skip
TRADES = ("恒达", "中能", "徽电", "华源", "正阳", "东明", "瑞丰", "联创", "国泰", "金诺", "大洋", "宏宇", "新科", "天合", "众信", "博远",
          "力源", "海川", "安泰", "永固", "同创", "振华")  # fmt: skip
FORMS = ("电力物资有限公司", "成套设备有限公司", "机电工程有限公司", "供电局物资处")


@cache
def model_of(label: str) -> Any:
    from django.apps import apps

    try:
        return apps.get_model(label)._meta.concrete_model
    except (LookupError, ValueError):
        return None


@cache
def named(stem: str) -> Any:
    """The model whose id a name such as `put_away` in `put_away_id` holds; None for one that is not known."""
    from django.apps import apps

    if stem in MEANT:
        return model_of(MEANT[stem])
    found = [model for model in apps.get_models() if model._meta.model_name == stem.replace("_", "")]
    return found[0] if len(found) == 1 else None


def columns_of(model: Any) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def tops() -> dict[Any, int]:
    """Model -> its highest key, of all tables that count their keys."""
    from django.apps import apps
    from django.db.models import Max

    models = [m for m in apps.get_models() if not m._meta.proxy and m._meta.pk.get_internal_type().endswith("AutoField")]
    return {m: m._default_manager.aggregate(top=Max("pk"))["top"] or 0 for m in models if m._meta.label_lower not in NOT_COPIED}


class Numbers:
    """Where every series of numbers stands; a copy takes as many as its block has."""

    def __init__(self) -> None:
        from core.models import Counter

        self.last = defaultdict(int, Counter.objects.values_list("series", "last"))

    def save(self) -> None:
        from core.models import Counter

        rows = [Counter(series=series, last=last) for series, last in self.last.items()]
        Counter.objects.bulk_create(rows, update_conflicts=True, unique_fields=["series"], update_fields=["last"])


class Block:
    """The rows of some walks, ready to be written again and again: per table one text with gaps."""

    def __init__(self, before: dict[Any, int], after: dict[Any, int], clones: dict[int, list[tuple[int, list[str]]]]) -> None:
        self.before = before
        self.span = {model: after[model] - before[model] for model in after if after[model] > before[model]}
        self.clones = clones
        self.slots: dict[tuple[Any, ...], int] = {}
        self.ranks: dict[str, dict[str, int]] = defaultdict(dict)
        rows = {model: self.read(model) for model in self.span}
        self.rank(rows)
        self.indexed = self.search_words(rows)
        texts = {model: "".join(self.line(model, row) for row in some) for model, some in rows.items()}
        self.gaps = list(self.slots)
        self.forms = {
            model: (MARK.sub("%s", text.replace("%", "%%")), itemgetter(*map(int, MARK.findall(text)))) for model, text in texts.items()
        }

    # --- reading ------------------------------------------------------------------------------------------------------------------

    def read(self, model: Any) -> list[dict[str, str]]:
        return copy_out(model._meta.db_table, columns_of(model), self.before[model], self.span[model])

    def rank(self, rows: dict[Any, list[dict[str, str]]]) -> None:
        """Every number of the block by its place in its series."""
        for model, some in rows.items():
            names = [f.column for f in model._meta.concrete_fields if f.column in ("number", "delivery_number")]
            for text in (row[name] for row in some for name in names):
                if found := NUMBER.fullmatch(text):
                    self.ranks[found[1]].setdefault(text, 0)
                elif found := INVOICE.fullmatch(text):
                    self.ranks[f"FP{found[2]}"].setdefault(text, 0)
        for series in self.ranks.values():
            for nth, text in enumerate(sorted(series), 1):
                series[text] = nth

    def search_words(self, rows: dict[Any, list[dict[str, str]]]) -> dict[tuple[str, str], tuple[str, str]]:
        """(order, key) -> (number, part of it) for the keys that come from a number of the order."""
        known = [text for series in self.ranks.values() for text in series]
        keys = {(row["order_id"], row["text"]) for row in rows[model_of("orders.searchkey")]}
        found = {}
        for order_id, text in keys:
            for number in known if NUMBER.fullmatch(text.upper()) else ():
                if number.lower() == text:
                    head, _dash, tail = text.partition("-")
                    found |= {(order_id, text): (number, "lower"), (order_id, head): (number, "head"), (order_id, tail): (number, "tail")}
        return found

    # --- gaps ---------------------------------------------------------------------------------------------------------------------

    def gap(self, *key: Any) -> str:
        return f"\ue000{self.slots.setdefault(key, len(self.slots))}\ue001"

    def pointer(self, model: Any, value: Any) -> str | None:
        """A gap for the key of a row of this block; None for any other."""
        inside = model in self.span and str(value).isdigit() and self.before[model] < int(value) <= self.before[model] + self.span[model]
        return self.gap("key", model, int(value)) if inside else None

    def line(self, model: Any, row: dict[str, str]) -> str:
        label = model._meta.label_lower
        if label == "orders.searchkey" and row["kind"] == "customer":
            return ""  # written by `words`
        cells = {field.column: self.cell(model, field, row[field.column], row) for field in model._meta.concrete_fields}
        if label == "inventory.stockbalance" and "\ue000" not in cells["batch"]:
            cells["batch"] += f"~{self.gap('nth')}"
        if label == "core.delivery":
            cells["key"] += f"~{self.gap('nth')}"
        return "\t".join(cells.values()) + "\n"

    def cell(self, model: Any, field: Any, text: str, row: dict[str, str]) -> str:
        kind = field.get_internal_type()
        if text == "\\N" or not text:
            return text
        if field.primary_key:
            return self.gap("key", model, int(text))
        if field.is_relation:
            target = field.related_model
            if target._meta.label_lower == "orders.customer":
                return self.gap("customer", int(text))
            return self.pointer(target, text) or text
        if kind in ("DateTimeField", "DateField"):
            return self.gap("time", text)
        if kind == "JSONField":
            return self.data(text)
        if field.column.endswith("_id"):
            return self.pointer(self.target(field.column, row), text) or text
        if model._meta.label_lower == "finance.invoice" and field.column in ("serial", "year"):
            return self.gap(field.column, row["number"])
        if model._meta.label_lower == "orders.searchkey" and (row["order_id"], text) in self.indexed:
            return self.gap("number", *self.indexed[row["order_id"], text])
        return self.text(text) if kind in ("CharField", "TextField") else text

    def target(self, column: str, row: dict[str, str]) -> Any:
        if column in ("subject_id", "source_id"):
            kind = row[column.replace("_id", "_kind")]
            return model_of(kind) or named(kind)
        if column == "reference_id":
            return model_of(RESERVED[row["purpose"]])
        return named(column.removesuffix("_id"))

    def text(self, text: str) -> str:
        """Numbers of the block within it become those of the copy."""
        known = lambda found: found[0] in self.ranks.get(found[1], ()) or found[0] in self.ranks.get(f"FP{found[2]}", ())  # noqa: E731
        for form in (NUMBER, INVOICE):
            text = form.sub(lambda found: self.gap("number", found[0], "whole") if known(found) else found[0], text)
        return text

    def data(self, text: str) -> str:
        """JSON with ids and numbers of the block in it."""
        whole = json.loads(text.replace("\\\\", "\\"))
        dumped = json.dumps(self.inner(whole, whole), ensure_ascii=False).replace("\\", "\\\\")
        return re.sub('"\ue002(\ue000\\d+\ue001)"', "\\1", dumped)

    def inner(self, value: Any, around: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.inner(each, value, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.inner(each, around) for each in value]
        if isinstance(value, int) and name.endswith("_id"):
            target = self.target(name, around) if name != "source_id" or "source_kind" in around else None
            found = self.pointer(target, value)
            return f"\ue002{found}" if found else value
        return self.text(value) if isinstance(value, str) else value

    # --- writing ------------------------------------------------------------------------------------------------------------------

    def write(self, times: int, numbers: Numbers, back: Callable[[int], int], show: Callable[[str], None]) -> None:
        """`times` copies; the nth lies `back(nth)` months before its block."""
        top = tops()
        base = {model: top[model] - self.before[model] for model in self.span}
        words = self.words()
        set_sequences({model._meta.db_table: top[model] + times * span for model, span in self.span.items()})
        for first in range(0, times, AT_ONCE):
            some = [self.values(nth, base, numbers, back(nth)) for nth in range(first, min(first + AT_ONCE, times))]
            for model, (form, pick) in self.forms.items():
                copy_in(model._meta.db_table, columns_of(model), [form % pick(values) for values in some])
            copy_in("orders_searchkey", ["order_id", "kind", "text"], [line for v in some for line in words(v)])
            if first // AT_ONCE % 10 == 0:
                show(f"{first} of {times} copies")

    def values(self, nth: int, base: dict[Any, int], numbers: Numbers, months: int) -> list[Any]:
        """What stands in the gaps of one copy."""
        shift = {model: base[model] + nth * span for model, span in self.span.items()}
        year, month = divmod(start().year * 12 + start().month - 1 - months, 12)
        yymm = f"{year % 100:02d}{month + 1:02d}"
        series = {p: f"{p}{yymm[:2]}" if p.startswith("FP") else f"{p}{yymm}" for p in self.ranks}
        last = {p: numbers.last[series[p]] for p in self.ranks}
        found = []
        for kind, *of in self.gaps:
            match kind:
                case "key":
                    found.append(of[1] + shift[of[0]])
                case "time":
                    found.append(earlier(of[0], months))
                case "number":
                    found.append(self.number(of[0], of[1], last, yymm))
                case "customer":
                    found.append(self.clone(of[0], nth)[0])
                case "serial":
                    prefix = self.series_of(of[0])
                    found.append(last[prefix] + self.ranks[prefix][of[0]])
                case "year":
                    found.append(year)
                case "nth":
                    found.append(f"{nth}.{base[model_of('orders.order')]}")
        for prefix, known in self.ranks.items():
            numbers.last[series[prefix]] += len(known)
        return found

    def series_of(self, number: str) -> str:
        found = INVOICE.fullmatch(number)
        return f"FP{found[2]}" if found else number[:2]

    def number(self, old: str, form: str, last: dict[str, int], yymm: str) -> str:
        prefix = self.series_of(old)
        serial = f"{last[prefix] + self.ranks[prefix][old]:04d}"
        if prefix.startswith("FP"):
            return f"FP{yymm[:2]}-{prefix[2:]}-{serial}"
        return {
            "whole": f"{prefix}{yymm}-{serial}",
            "lower": f"{prefix}{yymm}-{serial}".lower(),
            "head": f"{prefix}{yymm}".lower(),
            "tail": serial,
        }[form]

    def clone(self, customer: int, nth: int) -> tuple[int, list[str]]:
        some = self.clones[customer]
        return some[nth * 7 % len(some)]

    def words(self) -> Callable[[list[Any]], Iterator[str]]:
        """Writes the search keys of kind `customer`: those of the copy's own customer, and of the contact as it was."""
        from orders.models import Order
        from orders.services.search import LONGEST, search_texts

        gaps = {gap: nth for nth, gap in enumerate(self.gaps)}
        wanted = []
        top = self.before[Order] + self.span[Order]
        for order in Order.objects.filter(pk__gt=self.before[Order], pk__lte=top).select_related("customer"):
            contact = {key[:LONGEST] for text in (order.contact_name, order.contact_phone) if text for key in search_texts(text)}
            wanted.append((gaps["key", Order, order.pk], gaps["customer", order.customer_id], contact))
        names = {pk: texts for some in self.clones.values() for pk, texts in some}

        def lines(values: list[Any]) -> Iterator[str]:
            for order, customer, contact in wanted:
                for text in contact.union(names[values[customer]]):
                    yield f"{values[order]}\tcustomer\t{text}\n"

        return lines


@cache
def earlier(text: str, months: int) -> str:
    """A date or time as COPY writes it, some months before; no day later than the 28th, so that every month has it."""
    year, month = divmod(int(text[:4]) * 12 + int(text[5:7]) - 1 - months, 12)
    day = min(int(text[8:10]), 28) if months else int(text[8:10])
    return f"{year:04d}-{month + 1:02d}-{day:02d}{text[10:]}"


def clone_customers(wanted: int) -> dict[int, list[tuple[int, list[str]]]]:
    """New customers like those of the demo. Customer of the demo -> key and search texts of each that resembles it."""
    from orders.models import Customer
    from orders.services.search import LONGEST, search_texts

    old = list(Customer.objects.order_by("pk"))
    names = [f"{city}{trade}{form}" for trade, city, form in product(TRADES, CITIES, FORMS)]
    fresh = []
    for nth, name in enumerate([name for name in names if name not in {row.name for row in old}][:wanted]):
        like = old[nth % len(old)]
        row = Customer(**{f.attname: getattr(like, f.attname) for f in Customer._meta.concrete_fields if not f.primary_key})
        row.code, row.name = f"K{nth + 1:05d}", name
        fresh.append(row)
    Customer.objects.bulk_create(fresh)
    found = defaultdict(list)
    for nth, row in enumerate(fresh):
        texts = sorted({key[:LONGEST] for text in (row.name, row.code) for key in search_texts(text)})
        found[old[nth % len(old)].pk].append((row.pk, texts))
    return found


def fill(orders: int, show: Callable[[str], None] = print) -> None:
    """About that many orders; the last ones are under way."""
    from bench import walked

    begun = time.perf_counter()
    tell = lambda text: show(f"{time.perf_counter() - begun:6.0f} s  {text}")  # noqa: E731
    marks = [tops()]
    counts = []
    for walk in (walked.ended, walked.under_way):
        counts.append(walk(start()))
        marks.append(tops())
    tell(f"{sum(counts)} orders walked")
    clones = clone_customers(max(min(CUSTOMERS, orders // 10), 10 * 2))
    blocks = [Block(marks[n], marks[n + 1], clones) for n in (0, 1)]
    many = [round(orders * (1 - OPEN) / counts[0]), round(orders * OPEN / counts[1])]
    numbers = Numbers()
    with bare_tables(sorted({model._meta.db_table for block in blocks for model in block.span})):
        blocks[0].write(many[0], numbers, lambda nth: MONTHS - nth * MONTHS // many[0], tell)
        blocks[1].write(many[1], numbers, lambda nth: 0, tell)
        numbers.save()
        settle_stock(start())
        tell("rows written")
    tell("indexes made, keys checked")


def main() -> None:
    reader = argparse.ArgumentParser(description="Fills a database of its own and verifies it.")
    reader.add_argument("orders", type=int, nargs="?", default=1000)
    given = reader.parse_args()
    with prepared():
        from django.core.management import call_command

        from orders.models import Order

        fill(given.orders)
        print(f"{Order.objects.count()} orders")
        call_command("verify", stdout=sys.stdout)


if __name__ == "__main__":
    main()
