"""The lives of things as pages to read, drawn from the code: one Mermaid diagram and one table of steps per life.

`manage.py draw_states` writes them to docs/states; a test fails when a page no longer says what the code does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.utils import translation

from core.workflow import Flow, Step

MARK = "<!-- written by `manage.py draw_states`; do not edit -->\n"


def lives(of: type[Flow] = Flow) -> Iterator[type[Flow]]:
    """Every thing with a life, whatever it inherits from."""
    for model in of.__subclasses__():
        if not model._meta.abstract:
            yield model
        yield from lives(model)


def state_pages() -> dict[str, str]:
    """File name -> text: a page per app, and the one that lists them."""
    models = sorted(set(lives()), key=lambda model: model._meta.label)
    with translation.override("en"):
        apps = {app: list(own) for app, own in groupby(models, key=lambda model: model._meta.app_label)}
        pages = {f"{app}.md": MARK + f"# Lives in {app}\n" + "".join(map(_life, own)) for app, own in apps.items()}
        rows = [f"- [{_name(model)}]({app}.md#{anchor(model)})" for app, own in apps.items() for model in own]
        pages["README.md"] = MARK + "# The lives of things\n\n" + "\n".join(rows) + "\n"
    return pages


def anchor(model: type[Flow]) -> str:
    """The heading's address as Markdown readers make it."""
    return _name(model).replace(" ", "-").lower()


def _name(model: type[Flow]) -> str:
    return f"{model._meta.app_label} {model._meta.verbose_name}"


def _life(model: type[Flow]) -> str:
    field: Any = next(field for field in model._meta.fields if field.name == "state")
    steps = model.steps().values()
    lines = ["stateDiagram-v2", f"    [*] --> {field.default}"]
    lines += [f'    state "{_plain(label)}" as {value}' for value, label in field.choices]
    lines += [f"    {source} --> {target}: {_plain(one.label)}" for one in steps for source, target in _moves(one, field)]
    ends = [value for value, _label in field.choices if not any(value in one.sources for one in steps)]
    lines += [f"    {value} --> [*]" for value in ends]
    table = ["| step | label | from | to | who | guards |", "| --- | --- | --- | --- | --- | --- |", *(_row(one, field) for one in steps)]
    diagram = "\n".join(lines)
    return f"\n## {_name(model)}\n\n```mermaid\n{diagram}\n```\n\n" + "\n".join(table) + "\n"


def _row(one: Step, field: Any) -> str:
    labels = {value: str(label) for value, label in field.choices}
    sources = ", ".join(str(label) for value, label in labels.items() if value in one.sources)
    targets = ", ".join(labels[target] for target in _targets(one)) or "(stays)"
    guards = ", ".join(f"`{guard.__name__}`" for guard in one.guards) or "–"
    return f"| `{one.name}` | {str(one.label).replace('|', '/')} | {sources} | {targets} | {who(one)} | {guards} |"


def _targets(one: Step) -> list[str]:
    """Where the step may lead; nothing for an act within a state."""
    return list(getattr(one.target, "allowed_states", None) or ([one.target] if one.target is not None else []))


def _moves(one: Step, field: Any) -> Iterator[tuple[str, str]]:
    for value, _label in field.choices:
        if value in one.sources:
            yield from ((value, target) for target in _targets(one))


def who(one: Step) -> str:
    """The roles that take the step, the customer, the system, or what the permission says of itself."""
    if one.auto:
        return "by itself"
    roles = [str(role.label) for role in getattr(one.permission, "roles", ())]
    roles += ["the customer"] if getattr(one.permission, "customer", False) else []
    if roles:
        return ", ".join(roles)
    said = (one.permission.__doc__ or one.permission.__name__.replace("_", " ")).strip()
    return " ".join(said.split()).split(". ")[0].rstrip(".").replace("|", "/")


def _plain(text: Any) -> str:
    """Without the marks that Mermaid and Markdown tables read as their own."""
    return str(text).replace('"', "'").replace(": ", " – ").replace(";", ",").replace("|", "/")
