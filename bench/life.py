"""The whole life of a regular order through the real services, beside bare Django ORM code that writes the same rows (design/speed.md).

Only the time inside the outermost acts counts; who walks the order (`demo.walk`) looks things up outside of it. One life is recorded,
statement by statement: the bare one then writes the same number of rows of the same tables in the same transactions, by `create`,
`bulk_create` where the services do so, and by get and save for every row that was updated. Both take turns in one run.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from pathlib import Path
from statistics import median
from typing import Any

from bench.database import prepared, start

OUT = Path(__file__).parent.parent / "var" / "bench"
WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
REACTION = "reaction "
OWN_IDS = ("source_id", "subject_id", "payment_id", "serial")
# variant -> customer, goods, what is put into stock before each life (company, item, quantity) so that all lives are alike
VARIANTS = {
    "bought and made": ("C0003", [("XL-21", 3), ("PZ30", 5)], [("CT", "CH1-63C32", 96), ("CT", "Q235-2.0", 225)]),
    "from stock": ("C0003", [("S13-M-630/10", 2)], [("BY", "S13-M-630/10", 2)]),
}


@dataclass
class Act:
    """One transaction of a life: an act, or a reaction to it."""

    name: str
    cpu: float = 0.0
    wall: float = 0.0
    statements: list[tuple[str, int]] = field(default_factory=list)


class Meter:
    """Measures every outermost act and every reaction; counts statements where asked to."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.open: list[Act] = []

    def life(self, walk: Callable[[], None], *, counting: bool = False) -> list[Act]:
        from django.db import connection

        self.acts = []
        if not counting:
            walk()
            return self.acts
        with connection.execute_wrapper(self.note):
            walk()
        return self.named()

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if self.open:
            self.open[-1].statements.append((sql, context["cursor"].rowcount))
        return result

    def around(self, service: Callable[..., Any], name: Callable[..., str], *, nested: bool = False) -> Callable[..., Any]:
        """`nested`: measured for itself, and taken off the act that it runs in."""

        @wraps(service)
        def run(*args: Any, **kwargs: Any) -> Any:
            if self.open and not nested:
                return service(*args, **kwargs)
            outer, mine = (self.open[-1] if self.open else None), Act(name(*args))
            self.acts.append(mine)
            self.open.append(mine)
            cpu, wall = time.process_time(), time.perf_counter()
            try:
                return service(*args, **kwargs)
            finally:
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                self.open.pop()
                mine.cpu, mine.wall = mine.cpu + cpu, mine.wall + wall
                if outer:
                    outer.cpu, outer.wall = outer.cpu - cpu, outer.wall - wall

        return run

    def install(self) -> None:
        """Every act that the walk does, and every reaction, passes through here from now on."""
        from core import facts
        from demo import walk

        for module in (walk.intake, walk.review, walk.deal, walk.progress, walk.finance, walk.inventory, walk.procurement, walk.production,
                       walk.quality, walk.shipping):  # fmt: skip
            for name, service in vars(module).copy().items():
                if hasattr(service, "__wrapped__") and getattr(service, "__module__", "").startswith(module.__name__):
                    setattr(module, name, self.around(service, lambda *_args, name=name: name))
        walk.file_scan = self.around(walk.file_scan, lambda: "file_scan")
        facts.run_reaction = self.around(facts.run_reaction, lambda pk: f"{REACTION}{pk}", nested=True)

    def named(self) -> list[Act]:
        """The acts of the last life, reactions under the names of who hears."""
        from core.models import Reaction

        handlers = dict(Reaction.objects.values_list("pk", "handler"))
        for act in self.acts:
            if act.name.startswith(REACTION):
                act.name = handlers[int(act.name.removeprefix(REACTION))].replace(".receivers.", " hears: ")
        return self.acts


# --- the same rows by bare ORM ------------------------------------------------------------------------------------------------------


class Bare:
    """Writes what a recorded life wrote: the same rows of the same tables in as many transactions."""

    def __init__(self, acts: list[Act], rows: dict[Any, list[Any]]) -> None:
        from django.apps import apps

        self.tables = {model._meta.db_table: model for model in apps.get_models() if not model._meta.proxy}
        self.rows = rows
        self.plan = [found for act in acts if (found := [step for text in act.statements if (step := self.step(*text))])]
        self.lives = 0

    def step(self, sql: str, count: int) -> tuple[str, Any, int] | None:
        found = WRITES.match(sql)
        if found is None or count <= 0:
            return None
        verb, model = found[1].split()[0].upper(), self.tables[found[2]]
        known = bool(self.rows.get(model))
        return ("INSERT" if verb == "INSERT" and known else "UPDATE"), model, count

    def life(self) -> tuple[float, float]:
        from django.db import transaction

        self.lives += 1
        fresh = self.copies()
        waiting = {model: list(copies) for model, copies in fresh.items()}
        written: dict[Any, list[int]] = defaultdict(list)
        turns: Counter[Any] = Counter()
        existing = {model: model._default_manager.values_list("pk", flat=True).first() for steps in self.plan for _v, model, _n in steps}
        cpu, wall = time.process_time(), time.perf_counter()
        for steps in self.plan:
            with transaction.atomic():
                for verb, model, count in steps:
                    if verb == "INSERT":
                        some, waiting[model] = waiting[model][:count], waiting[model][count:]
                        self.insert(model, some)
                        written[model] += [row.pk for row in some]
                    else:
                        for _each in range(count):
                            mine = written[model]
                            turns[model] += 1
                            row = model._default_manager.get(pk=mine[turns[model] % len(mine)] if mine else existing[model])
                            row.save()
        return time.process_time() - cpu, time.perf_counter() - wall

    def insert(self, model: Any, rows: list[Any]) -> None:
        for row in rows:
            for name in row.references:  # what it points to has its key by now
                setattr(row, name, getattr(row, name))
        if len(rows) == 1:
            rows[0].save(force_insert=True)
        elif rows:
            model._default_manager.bulk_create(rows)

    def copies(self) -> dict[Any, list[Any]]:
        """Fresh rows with new keys that point to one another as the recorded ones do; built before the clock starts."""
        copied: dict[tuple[Any, Any], Any] = {}
        fresh: dict[Any, list[Any]] = {}
        for model, rows in self.rows.items():
            for old in rows:
                row = model(**{f.attname: getattr(old, f.attname) for f in model._meta.concrete_fields if not f.primary_key})
                copied[model, old.pk] = row
                fresh.setdefault(model, []).append(row)
        for model, rows in self.rows.items():
            for old in rows:
                self.point(copied[model, old.pk], old, copied)
        return fresh

    def point(self, row: Any, old: Any, copied: dict[tuple[Any, Any], Any]) -> None:
        """References go to the copies; what must be unique gets a value of its own."""
        row.references = []
        alone = {name for constraint in row._meta.constraints for name in getattr(constraint, "fields", ())}
        for each in row._meta.concrete_fields:
            value = getattr(old, each.attname)
            if each.is_relation and (target := copied.get((each.related_model, value))) is not None:
                setattr(row, each.name, target)
                row.references.append(each.name)
            elif not value or each.choices or each.primary_key or not (each.unique or each.name in alone):
                continue
            elif each.get_internal_type() == "CharField":
                mark = f"~{self.lives}"
                setattr(row, each.attname, value[: each.max_length - len(mark)] + mark)
            elif each.name in OWN_IDS:
                setattr(row, each.attname, value + 100_000 * self.lives)


def recorded(meter: Meter, walk: Callable[[], None]) -> tuple[list[Act], dict[Any, list[Any]]]:
    """One life with its statements, and the rows that it left, in the order of their keys."""
    from django.apps import apps
    from django.db.models import Max

    models = [model for model in apps.get_models() if not model._meta.proxy and model._meta.pk.get_internal_type().endswith("AutoField")]
    before = {model: model._default_manager.aggregate(top=Max("pk"))["top"] or 0 for model in models}
    acts = meter.life(walk, counting=True)
    rows = {model: list(model._default_manager.filter(pk__gt=top).order_by("pk")) for model, top in before.items()}
    return acts, {model: some for model, some in rows.items() if some}


# --- the run ------------------------------------------------------------------------------------------------------------------------


def one_life(customer: str, goods: list[tuple[str, int]], stock: list[tuple[str, str, int]], at: datetime) -> Callable[[], None]:
    from core.actor import SYSTEM
    from demo.walk import Walk
    from inventory.models import Item, StockMovement
    from inventory.services import receive_stock
    from organization.models import Company

    receive = receive_stock.__wrapped__ if hasattr(receive_stock, "__wrapped__") else receive_stock
    for company, code, quantity in stock:
        item, place = Item.objects.get(code=code), Company.objects.get(code=company)
        source = ("bench.life", StockMovement.objects.count())
        from django.db import transaction

        with transaction.atomic():
            receive(item_id=item.pk, company_id=place.pk, quantity=quantity, blocked=False, source=source, by=SYSTEM, at=at)
    walk = Walk(at)

    def run() -> None:
        walk.register(customer, goods)
        walk.to("closed")

    return run


def measure(name: str, rounds: int) -> dict[str, Any]:
    given = VARIANTS[name]
    meter = Meter()
    meter.install()
    for _warm in range(2):
        meter.life(one_life(*given, start()))
    acts, rows = recorded(meter, one_life(*given, start()))
    bare = Bare(acts, rows)
    bare.life()
    ours, theirs = [], []
    for _round in range(rounds):
        lived = meter.life(one_life(*given, start()))
        ours.append((sum(act.cpu for act in lived), sum(act.wall for act in lived)))
        theirs.append(bare.life())
        by_act = {nth: act.cpu for nth, act in enumerate(lived)}
        for nth, act in enumerate(acts):
            act.cpu = min(act.cpu, by_act.get(nth, act.cpu))
    return tell(name, acts, rows, bare, ours, theirs)


def spread(values: list[float], form: str = ".1f") -> str:
    return f"{median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def tell(name: str, acts: list[Act], rows: dict, bare: Bare, ours: list, theirs: list) -> dict[str, Any]:
    sql = [len(act.statements) for act in acts]
    plain = sum(sum(1 if verb == "INSERT" else 2 * count for verb, _model, count in steps) for steps in bare.plan)
    ratio = median(cpu for cpu, _w in ours) / median(cpu for cpu, _w in theirs)
    print(f"\n{name}: {len(acts)} transactions, {sum(map(len, rows.values()))} rows in {len(rows)} tables")
    print(f"{'':24}{'lives/s':>24}{'CPU ms per life':>26}{'SQL':>7}{'SQL/act':>9}")
    for label, found, count in (("services", ours, sum(sql)), ("bare ORM", theirs, plain)):
        rate, cpu = spread([1 / wall for _c, wall in found], ".2f"), spread([1000 * cpu for cpu, _w in found])
        print(f"{label:24}{rate:>24}{cpu:>26}{count:>7}{count / len(acts):>9.1f}")
    print(f"CPU: {ratio:.2f} x bare ORM (goal <= 2.0); {sum(sql) / len(acts):.1f} SQL per act (goal <= 8)\n")
    table = [{"act": act.name, "sql": len(act.statements), "cpu_ms": round(1000 * act.cpu, 2)} for act in acts]
    print(f"{'act':58}{'SQL':>5}{'CPU ms':>9}")
    for row in table:
        print(f"{row['act']:58}{row['sql']:>5}{row['cpu_ms']:>9.1f}")
    return {
        "variant": name,
        "rows": sum(map(len, rows.values())),
        "transactions": len(acts),
        "sql": sum(sql),
        "sql_bare": plain,
        "ratio_cpu": round(ratio, 3),
        "services": [{"cpu": cpu, "wall": wall} for cpu, wall in ours],
        "bare": [{"cpu": cpu, "wall": wall} for cpu, wall in theirs],
        "acts": table,
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--rounds", type=int, default=15)
    reader.add_argument("--only", choices=list(VARIANTS))
    reader.add_argument("--statements", help="print the statements of this act instead of measuring")
    given = reader.parse_args()
    with prepared():
        names = [given.only] if given.only else list(VARIANTS)
        if given.statements:
            return show(names[0], given.statements)
        found = [measure(name, given.rounds) for name in names]
        OUT.mkdir(parents=True, exist_ok=True)
        path = OUT / f"life-{datetime.now(start().tzinfo):%Y%m%d-%H%M%S}.json"
        path.write_text(json.dumps({"python": platform.python_version(), "variants": found}, indent=1))
        print(f"\nwritten: {path}")
    return None


def show(variant: str, act: str) -> None:
    meter = Meter()
    meter.install()
    meter.life(one_life(*VARIANTS[variant], start()))
    acts = meter.life(one_life(*VARIANTS[variant], start()), counting=True)
    for each in acts:
        if act in ("all", each.name):
            sys.stdout.write(f"--- {each.name}\n")
            for sql, count in each.statements:
                sys.stdout.write(f"{count:4}  {re.sub(r'SELECT (?!.*COUNT).*? FROM', 'SELECT … FROM', sql)[:230]}\n")


if __name__ == "__main__":
    main()
