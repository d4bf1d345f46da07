"""What the tests of the whole house read: our modules, their functions, our templates, our routes."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT: Path = settings.BASE_DIR
APPS = (*settings.OUR_APPS, "config")
NOT_OURS = ("admin",)


@cache
def modules() -> dict[str, ast.Module]:
    """Path -> tree of every module of the apps; migrations are written by a machine."""
    paths = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@cache
def templates() -> dict[str, str]:
    paths = sorted((ROOT / "templates").rglob("*.*"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths if path.suffix in (".html", ".txt", ".svg")}


@cache
def routes() -> dict[str, URLPattern]:
    """Name with its namespace -> pattern, of everything but the admin site."""
    return dict(_routes(get_resolver().url_patterns, ""))


def _routes(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name not in NOT_OURS:
                yield from _routes(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}", pattern
