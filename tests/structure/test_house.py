"""House rules that a reader of the code would check, checked for every module and template at once."""

import ast
import re
from pathlib import Path

import pytest

from tests.structure.sources import APPS, ROOT, calls, modules, templates

LINES, FUNCTION, TEMPLATE = 400, 50, 150
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "managers", "signals", "misc", "common"}


def length(path: str) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_the_code_of_the_house_is_found():
    assert {path.split("/")[0] for path in modules()} == {app for app in APPS if (ROOT / app).is_dir()}
    assert len(templates()) > 60


def test_no_module_is_longer_than_its_budget():
    assert {path: length(path) for path in modules() if length(path) > LINES} == {}


def body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement to the last: a signature with an argument a line, and what the docstring says, cost no reader."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_no_function_is_longer_than_its_budget():
    functions = [
        (f"{path}:{node.name}", body(node))
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [each for each in functions if each[1] > FUNCTION] == []


def test_no_template_is_longer_than_its_budget():
    assert {path: length(path) for path in templates() if length(path) > TEMPLATE} == {}


def test_modules_are_named_for_what_they_do():
    assert [path for path in modules() if Path(path).stem in NAMES_THAT_SAY_NOTHING] == []


def written_states() -> list[str]:
    """`thing.state = ...` and `.update(state=...)`, wherever they stand."""
    found = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            targets = (
                node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
            )
            found += [f"{path}:{node.lineno}" for each in targets if isinstance(each, ast.Attribute) and each.attr == "state"]
        for call in calls(tree):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            named = {keyword.arg for keyword in call.keywords}
            if name in ("update", "bulk_update", "update_or_create") and "state" in named:
                found.append(f"{path}:{call.lineno}")
            if getattr(call.func, "id", "") == "setattr" and any(isinstance(a, ast.Constant) and a.value == "state" for a in call.args):
                found.append(f"{path}:{call.lineno}")
    return found


def test_a_state_is_written_by_steps_only():
    assert written_states() == []


# The clock enters the house here: once per request, in tasks and commands, and where a template is shown by itself.
CLOCK_ENTERS = ("organization/middleware.py", "sla/tasks.py", "core/templatetags/ui.py", "core/verify.py")
NOW = {"now", "today", "utcnow", "localdate"}


def nows() -> list[tuple[str, int]]:
    """Where the moment is asked of the machine; `localdate(at)` and `localtime(at)` only convert."""
    return [
        (path, call.lineno)
        for path, tree in modules().items()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr in (*NOW, "localtime") and not call.args and not call.keywords
        and ast.unparse(call.func.value) in ("timezone", "datetime", "date", "dt", "datetime.datetime", "datetime.date")
    ]  # fmt: skip


def test_no_view_asks_the_machine_for_the_moment():
    """A view takes `request.now`: the same for the whole answer, and set by tests and by the demo."""
    of_views = [f"{path}:{line}" for path, line in nows() if Path(path).stem == "views"]
    assert of_views == []


def test_no_service_or_rule_asks_the_machine_for_the_moment():
    allowed = (*CLOCK_ENTERS, *(path for path in modules() if "/management/" in path))
    # First values of date fields and the days on panels, which get no request (docs/house.md speaks of rules).
    shown = ("panels.py", "forms.py", "fields.py")
    assert [f"{path}:{line}" for path, line in nows() if path not in allowed and not path.endswith(shown) and "/forms/" not in path] == []


INLINE = {
    "style": re.compile(r"""<[^>]*\sstyle\s*=""", re.I),
    "script": re.compile(r"""<script(?![^>]*\ssrc=)""", re.I),
    "handler": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']""", re.I),
    "style block": re.compile(r"<style\b", re.I),
    "address": re.compile(r"""(?:href|src|action)\s*=\s*["']\s*javascript:""", re.I),
}
DRAWN_BY_US = "templates/documents/"  # printed forms are drawn here, never sent to a browser as a page


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_inline_code(what: str):
    """The content policy of the product allows none (trust 11)."""
    found = [path for path, text in templates().items() if INLINE[what].search(text) and not path.startswith(DRAWN_BY_US)]
    assert found == []


def test_inline_code_would_be_found():
    bad = ['<p style="x">', "<script>x</script>", '<a onclick="x()">', "<style>p{}</style>", '<a href="javascript:x">']
    assert [pattern.search(text) is not None for pattern, text in zip(INLINE.values(), bad, strict=True)] == [True] * 5
    assert not INLINE["script"].search("""<script src="{% static 'js/app.js' %}" defer></script>""")


def test_no_code_marks_text_as_safe_past_the_template():
    """`mark_safe` and `|safe` are how a customer's text becomes a script."""
    marked = [
        f"{path}:{call.lineno}" for path, tree in modules().items() for call in calls(tree) if getattr(call.func, "id", "") == "mark_safe"
    ]
    assert marked == []
    unsafe = {path for path, text in templates().items() if re.search(r"\|\s*safe\b|autoescape off", text)}
    assert unsafe == {DRAWN_BY_US + "base_print.html"}  # the page counter's own tags


COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(|[: ](?:white|black|red|green|blue|gr[ae]y)\b(?=[ ;}])", re.I)
DRAWN_COLOUR = re.compile(r"""\b(?:fill|stroke|stop-color|color|bgcolor)\s*=\s*["'](?!none|currentcolor|var\()""", re.I)
OWN_COLOURS = ("templates/ui/brandmark.html", DRAWN_BY_US)  # the mark is the same on every ground, paper is white


def rules(css: str) -> str:
    """A style sheet without its comments and without the first block of app.css: that is where colours get their names."""
    return re.sub(r"^\s*:root\s*\{.*?\}", "", re.sub(r"/\*.*?\*/", "", css, flags=re.S), count=1, flags=re.S)


def test_pages_take_their_colours_from_tokens():
    """A colour has a name and two values, light and dark; a literal one would be right in one of them only."""
    sheets = {path.name: rules(path.read_text(encoding="utf-8")) for path in (ROOT / "static/css").glob("*.css")}
    assert {name: found for name, css in sheets.items() if (found := COLOUR.findall(css))} == {}
    drawn = [path for path, text in templates().items() if DRAWN_COLOUR.search(text) and not path.startswith(OWN_COLOURS)]
    assert drawn == []


def test_every_token_of_colour_has_a_value_for_the_dark():
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/app.css").read_text(encoding="utf-8"), flags=re.S)
    tokens = dict(re.findall(r"--([\w-]+):\s*([^;]+);", css[: css.index("}")]))
    both = {"late-solid", "quiet-solid", "on-solid", "shade", "shade-2"}  # the same on every ground
    assert {name for name, value in tokens.items() if COLOUR.search(value) and "light-dark(" not in value} == both


def test_a_literal_colour_would_be_found():
    assert COLOUR.search(rules(":root { --ink: #000; } p { color: #fff; }"))
    assert COLOUR.search("p { background: white; }")
    assert not COLOUR.search(rules(":root { --ink: #000; } p { color: var(--ink); white-space: nowrap; }"))
    assert DRAWN_COLOUR.search('<rect fill="#12539b"/>')
    assert not DRAWN_COLOUR.search('<rect class="bar" fill="none"/>')


MACHINE = re.compile(r"/work/(?:main|shared)|/home/[a-z]|/Users/|/root/|C:\\\\|/tmp/")
TEXTS = ("*.py", "*.md", "*.html", "*.css", "*.js", "*.toml", "*.yml", "*.yaml", "*.in", "Makefile")


def test_no_file_names_a_path_of_somebodys_machine():
    places = (
        [ROOT / app for app in APPS] + [ROOT / name for name in ("templates", "docs")] + [ROOT / "static" / name for name in ("js", "css")]
    )
    paths = [path for place in places for pattern in TEXTS for path in place.rglob(pattern)] + [ROOT / "pyproject.toml", ROOT / "Makefile"]
    this = Path(__file__).resolve()
    assert [str(path.relative_to(ROOT)) for path in paths if path != this and MACHINE.search(path.read_text(encoding="utf-8"))] == []


def test_no_print_and_no_debugger_is_left():
    commands = ("management/commands", "config/", "demo/")
    found = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        if not any(each in path for each in commands)
        for call in calls(tree)
        if getattr(call.func, "id", "") in ("print", "breakpoint")
    ]
    assert found == []
