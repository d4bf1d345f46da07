"""A storm over sweeping workers, as a program of its own: python -m tests.sla.storm '{"at": ..., "workers": 3, "kills": 40, ...}'

It reads Django once and forks the workers, so that one that was killed is back at once. Kills are spread over the progress of the work,
each at a random moment, so that they hit workers that work, on fast machines and slow ones. Prints what it did as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import datetime

import django
from django.db import connection, transaction


def claim_first(at: datetime, batch: int, known: dict) -> int:
    """The mistake that the control run makes: the claim is committed before its effect."""
    from sla.models import RunningClock
    from sla.sweep import _fire

    with transaction.atomic():
        due = RunningClock.objects.filter(next_at__lte=at).order_by("next_at", "pk")
        rows = list(due.select_for_update(skip_locked=True)[:batch])
        RunningClock.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=None)
    with transaction.atomic():
        _fire(rows, at, known)
    return len(rows)


def start_worker(at: datetime, batch: int) -> int:
    """Fork a worker that sweeps until it is killed."""
    pid = os.fork()
    if pid:
        return pid
    from sla.sweep import sweep

    while True:
        try:
            if not sweep(at, batch):
                time.sleep(0.02)
        except Exception as problem:
            print(f"worker: {problem!r}", file=sys.stderr, flush=True)
            os._exit(1)


def ask(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int((cursor.fetchone() or [0])[0] or 0)


def storm(*, at: str, workers: int, kills: int, steps: int, batch: int, seed: int, control: bool = False, seconds: int = 300) -> dict:
    from sla import sweep as sweeping

    if control:
        sweeping._claim = claim_first
    moment, dice, pids, killed = datetime.fromisoformat(at), random.Random(seed), [], 0
    pids = [start_worker(moment, batch) for _ in range(workers)]
    begun = time.monotonic()
    marks = sorted(dice.uniform(0, 0.9) * steps for _ in range(kills))
    while time.monotonic() - begun < seconds:
        if marks and ask("SELECT max(id) - min(id) FROM sla_step") >= marks[0]:
            marks.pop(0)
            time.sleep(dice.uniform(0, 0.02))
            victim = pids.pop(dice.randrange(len(pids)))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            killed += 1
            connection.close()  # no descriptor of ours in the child
            pids.append(start_worker(moment, batch))
        elif not marks and not ask(f"SELECT count(*) FROM sla_runningclock WHERE next_at <= '{at}'"):
            break
        else:
            time.sleep(0.005)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return {"killed": killed, "seconds": round(time.monotonic() - begun, 1)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(storm(**json.loads(sys.argv[1]))))
