"""What a proof measured: printed, and kept for the table of `make proof-clocks` (PROOF_FIGURES names the file)."""

from __future__ import annotations

import json
import os
from typing import Any

# The quick sizes are those of .ci/run; tests/proof/__main__.py sets the full ones.
FULL = os.environ.get("PROOF") == "full"


def size(quick: int, full: int) -> int:
    """How much of it is tried."""
    return full if FULL else quick


def note(proof: str, **measured: Any) -> None:
    """Figures of one proof ("T1"); `control` is what the control run found."""
    print(f"\n{proof}: {measured}")
    if path := os.environ.get("PROOF_FIGURES"):
        with open(path, "a", encoding="utf-8") as kept:
            kept.write(json.dumps({"id": proof, **measured}) + "\n")
