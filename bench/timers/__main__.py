"""python -m bench.timers: the table on the screen, all figures in var/bench/timers.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from bench.database import prepared
from bench.timers.engines import Ticking, Turn, bare_orm, bare_sql, sweep
from bench.timers.job_queue import Queue
from bench.timers.stage import as_before, execute, filled, lateness

OUT = Path(__file__).parent.parent.parent / "var" / "bench" / "timers.json"
OPEN, DUE = (1_000, 100_000, 1_000_000), 10_000
NAMES = {"sweep": "sweep", "orm": "bare ORM", "sql": "bare SQL", "queue": "procrastinate"}


def written(name: str, due: int) -> int:
    """How many were fired, each with its notice; all of them, but for the job queue when its turn was cut off."""
    steps, told = (execute(f"SELECT count(*) FROM {table}")[0] for table in ("sla_step", "core_delivery WHERE channel = 'page'"))
    assert steps == told and (steps == due or name == "queue"), (name, steps, told)
    return steps


def measure(engines: dict[str, Any], open_clocks: int, due: int, given: argparse.Namespace) -> dict[str, Any]:
    """Every engine in turn: once for its statements, some times at once, once live."""
    found: dict[str, dict[str, Any]] = {name: {} for name in engines}
    turns: dict[str, list[tuple[Turn, int, dict[str, float]]]] = defaultdict(list)
    with filled(due, open_clocks, given.spread):
        if "queue" in engines:
            engines["queue"].fill()
        for nth in range(given.rounds + 1):
            for name, engine in engines.items():
                as_before(live=False)
                turn = engine.at_once(counting=not nth)
                fired = max(written(name, due), 1)
                if nth:
                    turns[name].append((turn, fired, lateness(turn.begun, live=False)))
                else:  # the first turn warms up
                    found[name]["sql per clock"] = round(turn.statements / fired, 3)
        for name, engine in engines.items():
            as_before(live=True)
            turn = engine.live(due, given.spread)
            found[name]["live"] = {"fired": written(name, due), **lateness(turn.begun, live=True)}
            if isinstance(engine, Ticking):
                found[name]["idle tick ms"] = round(engine.idle(), 2)
    for name, some in turns.items():
        rates = [fired / turn.wall for turn, fired, _late in some]
        found[name] |= {
            "per second": {"median": round(median(rates)), "min": round(min(rates)), "max": round(max(rates))},
            "fired": min(fired for _turn, fired, _late in some),
            "cpu ms per clock": round(median(turn.cpu * 1000 / fired for turn, fired, _late in some), 3),
            "at once": {key: round(median(late[key] for *_turn, late in some), 3) for key in ("p50", "p99", "max")},
        }
    return {"open": open_clocks, "due": due, "engines": found}


def show(size: dict[str, Any]) -> None:
    heads = ("clocks/s (min-max)", "CPU ms", "SQL", "idle ms", "s late at once: p50/p99/max", "s late live")
    line = "{:14}{:>24}{:>9}{:>9}{:>9}{:>30}{:>24}  {}"
    print(f"\n{size['open']:,} open, {size['due']:,} due\n{line.format('', *heads, '')}")
    for name, one in size["engines"].items():
        rate = one["per second"]
        late = ["/".join(f"{one[key][p]:.2f}" for p in ("p50", "p99", "max")) for key in ("at once", "live")]
        fewest = min(one["fired"], one["live"]["fired"])
        print(
            line.format(
                NAMES[name], f"{rate['median']:,} ({rate['min']:,}-{rate['max']:,})", one["cpu ms per clock"], one["sql per clock"],
                one.get("idle tick ms", "-"), *late, f"cut off at {fewest:,}" if fewest < size["due"] else "",
            ).rstrip()
        )  # fmt: skip
    ours, bare = (size["engines"].get(name) for name in ("sweep", "orm"))
    if ours and bare:
        size["of bare ORM"] = round(ours["per second"]["median"] / bare["per second"]["median"], 2)
        print(f"sweep = {size['of bare ORM']} x bare ORM (goal 0.35, stretch 0.6)", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description="Clocks fired per second and lateness, beside bare loops and a job queue.")
    reader.add_argument("--open", type=int, nargs="+", default=OPEN, help="open clocks; one measurement each")
    reader.add_argument("--due", type=int, default=DUE, help="of which so many are due, or all where there are fewer")
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--spread", type=float, default=30, help="seconds over which they come due in the live turn")
    reader.add_argument("--tick", type=float, default=1, help="seconds between ticks in the live turn; 30 in production")
    reader.add_argument("--at-most", type=float, default=30, help="seconds after which a turn of the job queue is cut off")
    reader.add_argument("--engines", nargs="+", choices=NAMES, default=list(NAMES))
    given = reader.parse_args()
    sizes = []
    with prepared():
        engines: dict[str, Any] = {n: Ticking(fire, given.tick) for n, fire in (("sweep", sweep), ("orm", bare_orm), ("sql", bare_sql))}
        engines = {name: engine for name, engine in engines.items() if name in given.engines}
        if "queue" in given.engines:
            engines["queue"] = Queue(given.tick, given.at_most)
        print(f"{given.rounds} rounds; live: due over {given.spread:g} s, a tick every {given.tick:g} s", flush=True)
        for open_clocks in given.open:
            sizes.append(measure(engines, open_clocks, min(given.due, open_clocks), given))
            show(sizes[-1])
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({**vars(given), **machine, "sizes": sizes}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
