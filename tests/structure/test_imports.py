"""The contracts of import-linter hold for every app, not only for those that somebody remembered to list."""

import tomllib

from django.conf import settings


def test_every_app_stands_in_the_import_contract():
    linter = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]
    apps = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")}
    layers = {name.strip(" ()") for layer in linter["contracts"][0]["layers"] for name in layer.split("|")}
    assert apps <= set(linter["root_packages"])
    assert apps <= layers


def test_every_app_is_installed():
    apps = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")}
    assert apps == set(settings.OUR_APPS) & apps
