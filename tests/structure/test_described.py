"""Pages that are written from the code say what the code does now. After a change of steps, facts, clocks ...: `make docs`."""

import pytest

from core.drawing import lives, state_pages
from core.management.commands.draw_states import FOLDER as STATES
from sla.describing import BEGIN, FOLDER, described_apps, page


def test_the_drawn_lives_are_those_of_the_code() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in STATES.glob("*.md")}
    assert kept == state_pages(), "manage.py draw_states"


def test_every_step_of_every_life_is_drawn_with_who_takes_it() -> None:
    pages = state_pages()
    for model in set(lives()):
        rows = [line.split(" | ") for line in pages[f"{model._meta.app_label}.md"].splitlines() if line.startswith("| `")]
        assert set(model.steps()) <= {row[0].strip("| `") for row in rows}
        assert all(row[4].strip() for row in rows)


@pytest.mark.parametrize("app", described_apps())
def test_the_page_of_an_app_says_what_the_code_says(app: str) -> None:
    written = (FOLDER / f"{app}.md").read_text(encoding="utf-8")
    assert written == page(app, written), "manage.py describe_apps"
    assert len(written.partition(BEGIN)[0]) > 100, "a person says what the app is for"


def test_a_page_keeps_what_people_wrote() -> None:
    written = page("quality", "# quality\n\nOur own words.\n\n" + BEGIN + "old")
    assert written.startswith("# quality\n\nOur own words.\n")
    assert "old" not in written.partition(BEGIN)[2].split()
    assert "InspectionWasOpened" in written
