"""Celery only wakes the system; every promise stands in the database (docs/design)."""

import os
import warnings

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Of pickle, which is not accepted here: JSON only.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("orders")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
