"""The small world of the permission tests, once per module."""

from tests.permissions.conftest import _django_db_helper, no_drawing, quick_pages, world, world_of_module

__all__ = ["_django_db_helper", "no_drawing", "quick_pages", "world", "world_of_module"]
