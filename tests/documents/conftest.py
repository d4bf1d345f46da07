"""Prints and files: forms registered for one test only."""

import shutil
from collections.abc import Iterator

import pytest

from core import questions
from core.actor import Actor
from documents import render
from documents.registry import FORMS, form

from .papers import KINDS, PRICED


@pytest.fixture
def zhou() -> Actor:
    return Actor("person", "周敏", 7)


@pytest.fixture
def forms() -> Iterator[dict]:
    """The seven forms over stand-ins whose context is handed in."""
    before = dict(FORMS)
    FORMS.clear()
    for kind in KINDS:
        form(kind, template=f"documents/{kind}.html", title=f"标题{kind}", about="orders.order", prices=PRICED.get(kind, False))(
            lambda document: document.context
        )
    yield FORMS
    FORMS.clear()
    FORMS.update(before)


@pytest.fixture
def answers() -> Iterator[list]:
    """Who may read documents, for this test only: a list of functions to append to."""
    before = questions._answers.pop("may_read_document", [])
    mine: list = []
    questions._answers["may_read_document"] = mine
    yield mine
    questions._answers["may_read_document"] = before


@pytest.fixture
def printer() -> None:
    """Tests that really print are left out only where printing itself would say that it cannot, or PDFs cannot be looked at."""
    if missing := render.printing_available():
        pytest.skip(f"printing is not possible here: {missing}")
    if not shutil.which("pdftoppm"):
        pytest.skip("needs pdftoppm to look at pages (Debian: poppler-utils)")
