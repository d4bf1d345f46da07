"""Prints which rules of docs/requirements-ids.txt have a test that carries their ID, and which clocks of docs/clock-names.txt still wait
for their fact: python tests/requirements.py"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def listed(name: str) -> list[str]:
    """The lines of a list in docs/ that say something."""
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def rules() -> dict[str, str]:
    """ID -> gist, in the order of the list."""
    return {key: gist for key, _blank, gist in (line.partition(" ") for line in listed("requirements-ids.txt"))}


def clocks() -> dict[str, str]:
    """Name of a clock -> the fact that it waits for, empty where it runs; tests/structure/test_clocks.py holds it to what is declared."""
    return {name: fact for name, _colon, fact in (line.partition(": ") for line in listed("clock-names.txt"))}


def marks(tree: ast.AST) -> Iterator[str]:
    """The IDs in every pytest.mark.req(...) of a file: on functions, classes, parameters or the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"pytest.mark.req", "mark.req", "req"}:
            yield from (part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str))


def carried() -> dict[str, set[str]]:
    """ID -> test files that carry it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for key in marks(ast.parse(path.read_text(encoding="utf-8"))):
            found[key].add(str(path.relative_to(ROOT)))
    return found


def main() -> int:
    known, found = rules(), carried()
    for key, gist in known.items():
        print(f"{'yes' if key in found else ' - '} {key} {gist}" + (f"  [{', '.join(sorted(found[key]))}]" if key in found else ""))
    unknown = sorted(set(found) - set(known))
    print(f"\n{len(set(found) & set(known))} of {len(known)} rules have a test that carries their ID.")
    if unknown:
        print(f"Not in docs/requirements-ids.txt: {', '.join(unknown)}")
    waiting = {name: fact for name, fact in clocks().items() if fact}
    print(f"\n{len(clocks()) - len(waiting)} of {len(clocks())} clocks run; these wait for a fact:")
    for name, fact in waiting.items():
        print(f" -  {name}: {fact}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
