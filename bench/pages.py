"""Pages of orders at 100,000 of them: the list, the order, the search, beside bare Django pages with the same rows (design/speed.md).

Everything passes through the whole stack of middleware as a person's browser would; the pages take turns, round by round, so that what
else the machine does meets all of them. Times are of one request alone; SQL and bytes are of the last one.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.database import prepared, start

OUT = Path(__file__).parent.parent / "var" / "bench"
DEEP = 0.5  # share of the orders that lie before the deep page
SIZE = 100_000  # bytes of a page at the most
LIST, ORDER, SEARCH = (20, 8), (20, 14), (30, 8)  # goals: ms of one request, SQL


@dataclass
class Page:
    """One address as one person sees it; `goal` in ms and SQL, `bare` is the limit that it is compared with."""

    name: str
    user: str
    url: str
    goal: tuple[int, int] | None = None
    bare: str = ""
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def plain(self) -> bool:
        return self.url.startswith("/bare/")

    def ask(self, client: Any) -> None:
        from django.db import connection

        statements: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            statements.append(sql)
            return execute(sql, *rest)

        cpu, wall = time.process_time(), time.perf_counter()
        with connection.execute_wrapper(note):
            answer = client.get(self.url, follow=True)
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        assert answer.status_code == 200, (self.url, answer.status_code)
        self.statements, self.size = statements, len(answer.content)


def pages() -> list[Page]:
    from orders.models import Order

    newest, oldest = Order.objects.order_by("-pk")[0].pk, Order.objects.order_by("pk")[0].pk
    before = int(newest - (newest - oldest) * DEEP)
    closed = Order.objects.filter(state="closed", pk__lt=before).order_by("-pk")[0]
    open_one = Order.objects.filter(state="in_production").order_by("-pk")[0]
    customer = closed.customer.name
    clerk, finance, salesperson, manager = "zhoumin", "sunyaqin", "hewenbin", "yanfang"
    return [
        Page("bare list", clerk, "/bare/rows"),
        Page("bare order", clerk, f"/bare/{closed.number}"),
        Page("list", clerk, "/orders/", LIST, "bare list"),
        Page("list, deep page", clerk, f"/orders/?before={before}", LIST, "bare list"),
        Page("list, one state", clerk, "/orders/?state=in_production", LIST, "bare list"),
        Page("list, only open", clerk, "/orders/?open=on", LIST, "bare list"),
        Page("list, promised until", clerk, f"/orders/?promised={closed.promised_date}", LIST, "bare list"),
        Page("list, class and state, deep", clerk, f"/orders/?order_class=regular&state=closed&before={before}", LIST, "bare list"),
        Page("list of finance", finance, "/orders/", LIST, "bare list"),
        Page("list of a salesperson", salesperson, "/orders/", LIST, "bare list"),
        Page("list of the order manager", manager, "/orders/", LIST, "bare list"),
        Page("order, closed", clerk, f"/orders/{closed.number}/", ORDER, "bare order"),
        Page("order, in production", clerk, f"/orders/{open_one.number}/", ORDER, "bare order"),
        Page("search: number", clerk, f"/orders/?q={closed.number}", SEARCH),
        Page("search: customer", clerk, f"/orders/?q={customer[2:4]}", SEARCH),
        Page("search: customer's initials", clerk, "/orders/?q=hz", SEARCH),
        Page("search: item", clerk, "/orders/?q=XL-21", SEARCH),
        Page("search: customer and item", clerk, f"/orders/?q={customer[:4]}+XL-21", SEARCH),
        Page("search: nothing like it", clerk, "/orders/?q=zzzz", SEARCH),
        Page("search box: item, then list", clerk, "/orders/search/?q=XL-21"),
        Page("search box: number, then order", clerk, f"/orders/search/?q={closed.number}"),
    ]


def browsers(some: list[Page]) -> dict[tuple[str, bool], Any]:
    """One logged-in browser per person; the bare pages have only session and log-in around them."""
    from django.test import Client, override_settings

    from bench import bare
    from organization.models import Person

    found = {}
    for user, plain in {(page.user, page.plain) for page in some}:
        client = Client()
        client.force_login(Person.objects.get(username=user), backend="django.contrib.auth.backends.ModelBackend")
        with override_settings(MIDDLEWARE=bare.MIDDLEWARE) if plain else nullcontext():
            client.handler.load_middleware()
        found[user, plain] = client
    return found


def measure(rounds: int, each: int) -> list[Page]:
    from django.conf import settings

    settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = "bench.bare", ["*"]
    some = pages()
    clients = browsers(some)
    for turn in range(rounds + 1):
        for page in some:
            for _nth in range(each):
                page.ask(clients[page.user, page.plain])
            if not turn:  # the first round warms up
                page.wall.clear()
                page.cpu.clear()
    return some


def spread(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def verdict(page: Page) -> str:
    """The goal in time counts for a quiet machine; the fastest request is what comes nearest to it."""
    if page.goal is None:
        return ""
    ms, sql = page.goal
    missed = [text for text, is_so in ((f"{ms} ms", min(page.wall) > ms), (f"{sql} SQL", len(page.statements) > sql)) if is_so]
    missed += ["100 KB"] * (page.size > SIZE)
    return f"MISSED {', '.join(missed)}" if missed else "met"


def tell(some: list[Page], orders: int) -> dict[str, Any]:
    known = {page.name: page for page in some}
    print(f"{orders:,} orders; ms of one request, median (min-max)")
    print(f"{'page':30}{'ms':>22}{'CPU ms':>22}{'x bare':>8}{'SQL':>5}{'KB':>6}  goal")
    rows = []
    for page in some:
        ratio = median(page.cpu) / median(known[page.bare].cpu) if page.bare else None
        sql, shown = len(page.statements), f"{ratio:.2f}" if ratio else ""
        print(f"{page.name:30}{spread(page.wall):>22}{spread(page.cpu):>22}{shown:>8}{sql:>5}{page.size / 1000:>6.0f}  {verdict(page)}")
        of = {"ms": page.wall, "cpu_ms": page.cpu, "sql": sql, "bytes": page.size, "of_bare": ratio, "goal": page.goal}
        rows.append({"page": page.name, **of})
    deep = median(known["list, deep page"].cpu) / median(known["list"].cpu)
    print(f"deep page / first: {deep:.2f} (goal <= 1.1)")
    return {"orders": orders, "python": platform.python_version(), "deep_of_first": deep, "pages": rows}


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--orders", type=int, default=100_000)
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--each", type=int, default=3, help="requests of a page in one round")
    reader.add_argument("--statements", help="print the statements of this page instead of measuring")
    given = reader.parse_args()
    with prepared():
        from bench.fill import fill
        from orders.models import Order

        if Order.objects.count() < given.orders:
            fill(given.orders)
        if given.statements:
            page = next(page for page in measure(0, 2) if page.name == given.statements)
            print("\n".join(page.statements))
            return
        found = tell(measure(given.rounds, given.each), Order.objects.count())
        OUT.mkdir(parents=True, exist_ok=True)
        path = OUT / f"pages-{datetime.now(start().tzinfo):%Y%m%d-%H%M%S}.json"
        path.write_text(json.dumps(found, indent=1))
        print(f"written: {path}")


if __name__ == "__main__":
    main()
