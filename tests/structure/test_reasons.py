"""House rule 2: a refusal says why. Every code in the code has a sentence, and every figure that the sentence names is given."""

import ast
import string
from collections.abc import Iterator

import pytest
from django.utils.functional import Promise

from core.reasons import SENTENCES
from orders.sheet import findings
from tests.structure.sources import calls, modules, routes

# Codes that are put together at run time: (module, the expression) -> the codes that it can be.
AT_RUN_TIME = {
    ("orders/services/masters.py", "'price_too_low' if unit_price < by_rules else 'price_differs'"): ("price_too_low", "price_differs"),
    ("orders/services/intake.py", "'item_' + item.status"): ("item_discontinued", "item_forbidden"),
    ("orders/entry/findings.py", "reason.code"): (),  # the reason again, with figures as people read them
    ("shipping/services/road.py", "code"): ("driver_needed", "carrier_needed", "carrier_reason_needed"),
}


routes()  # sentences stand beside their services, which the pages bring with them
RUN_TIME = [code for codes in AT_RUN_TIME.values() for code in codes]


def placeholders(sentence: object) -> set[str]:
    return {name for _text, name, _spec, _how in string.Formatter().parse(str(sentence)) if name}


def reasons() -> Iterator[tuple[str, ast.Call]]:
    for path, tree in modules().items():
        for call in calls(tree):
            if isinstance(call.func, ast.Name) and call.func.id == "Reason":
                yield path, call


FOUND = [(f"{path}:{call.lineno}", path, call) for path, call in reasons()]


def test_reasons_are_found_in_every_app():
    assert len(FOUND) > 60


@pytest.mark.parametrize(("path", "call"), [each[1:] for each in FOUND], ids=[each[0] for each in FOUND])
def test_a_reason_has_a_sentence_and_all_its_figures(path: str, call: ast.Call):
    code = call.args[0]
    codes = (code.value,) if isinstance(code, ast.Constant) else AT_RUN_TIME[path, ast.unparse(code)]
    given = {keyword.arg for keyword in call.keywords}
    for each in codes:
        assert each in SENTENCES, f"{each} has no sentence"
        if None not in given:  # `**figures` are seen by the tests of the act only
            assert placeholders(SENTENCES[each]) <= given, each


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_translatable(code: str):
    assert isinstance(SENTENCES[code], Promise)


OF_THE_FOUNDATION = {"not_yours", "wrong_state", "stale", "gone"}


def test_no_sentence_is_left_over():
    named = [ast.walk(tree) for path, tree in modules().items() if not path.endswith("reasons.py")]
    used = {node.value for nodes in named for node in nodes if isinstance(node, ast.Constant)}
    assert set(SENTENCES) - used - OF_THE_FOUNDATION - set(RUN_TIME) == set()


def test_the_sheet_has_a_sentence_for_every_code_of_its_own():
    assert all(isinstance(sentence, Promise) for sentence in findings.SENTENCES.values())
