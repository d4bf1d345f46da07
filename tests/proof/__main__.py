"""`make proof-clocks`: T1 to T5 of design/trust, each with the control run that must fail, and one table of what they measured.

The same tests run in .ci/run at their quick sizes (QUICK=1). They need TEST_DATABASE_URL, and the programs of PostgreSQL and Redis.
Full figures go to docs/proof-clocks.md, all figures to var/proof/clocks.json.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT, PAGE = ROOT / "var" / "proof" / "clocks.json", ROOT / "docs" / "proof-clocks.md"
TESTS = ["tests/proof", "tests/organization/test_worktime.py"]
COLUMNS = {
    "id": "id", "what": "what", "size": "size", "kills": "kills", "lost": "lost", "doubled": "doubled", "wrong": "wrong",
    "late": "worst lateness, s", "seconds": "seconds", "control": "control run found", "passed": "passed",
    "date": "date", "machine": "machine",
}  # fmt: skip


INTRO = """# Proof of the clocks

What `make proof-clocks` measured last, in full (T1 to T5 of the trust page); written by it, each row by its last run. Lateness is counted
from the moment that a step was due to the moment of its row, by the database's own clock; T1 allows two ticks of a second and the longest
time in which no worker worked or no beat beat. "wrong" are steps out of order (T1 to T3), contradictory outcomes (T4), differences (T5).
"""


def measured(full: bool, only: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """Run the proofs; pytest's exit code and one row for each, with what its controls found."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.jsonl"
        env = {**os.environ, "PROOF": "full" if full else "quick", "PROOF_FIGURES": str(figures), "TESTS_MUST_RUN": "postgres"}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "proof", *only, *TESTS]
        code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        lines = figures.read_text(encoding="utf-8").splitlines() if figures.exists() else []
    rows: dict[str, dict[str, Any]] = {}
    for line in map(json.loads, lines):
        row = rows.setdefault(line.pop("id"), {})
        found = [text for text in (row.get("control"), line.pop("control", None)) if text]
        row |= {**line, "control": "; ".join(found)}
    return code, [{"id": key, **row} for key, row in sorted(rows.items())]


def table(rows: list[dict[str, Any]]) -> str:
    lines = [" | ".join(COLUMNS.values()), " | ".join("---" for _ in COLUMNS)]
    for row in rows:
        late = f"{row['late']} ({row['allowed']} allowed)" if "allowed" in row else row.get("late", "")
        lines.append(" | ".join(str({**row, "late": late}.get(name, "")) for name in COLUMNS))
    return "".join(f"| {line} |\n" for line in lines)


def main() -> int:
    full = not os.environ.get("QUICK")
    code, rows = measured(full, sys.argv[1:])
    where = f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    machine = f"{where}, Python {platform.python_version()}, load {os.getloadavg()[2]:.0f}"
    known = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    kind, about = "full" if full else "quick", {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine, "passed": code == 0}
    for row in rows:  # a run of the control alone leaves the figures of the last run
        key, given = f"{row['id']} {kind}", {name: value for name, value in row.items() if value != ""}
        known[key] = {**known.get(key, {}), **given, **(about if "what" in row else {})}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    kept = [row for key, row in sorted(known.items()) if key.endswith(kind)]
    print("\n" + table(kept))
    if full:
        PAGE.write_text(INTRO + "\n" + table(kept), encoding="utf-8")
    print("PASSED" if code == 0 else f"FAILED: pytest ended with {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
