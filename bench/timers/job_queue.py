"""The job queue among the engines: its jobs stand beside the clocks, one each with the same key, waiting ones included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

from bench.timers.engines import Turn, inserts
from bench.timers.stage import execute

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAM, LOCK = HERE / "jobs.py", HERE / "jobs.txt"
JOBS = """
INSERT INTO procrastinate_jobs (id, queue_name, task_name, args, scheduled_at)
SELECT id, 'clocks', 'fire', jsonb_build_object('clock', id), {when} FROM {table}
"""


def python() -> str:
    """The Python of the job queue's own environment, made when the lock is not the one that was installed last."""
    folder = ROOT / "var" / "bench" / "jobs"
    own, stamp = folder / "bin" / "python", folder / "installed.txt"
    if not stamp.is_file() or stamp.read_bytes() != LOCK.read_bytes():
        print("installing bench/timers/jobs.txt into an environment of its own", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([own, "-m", "pip", "install", "-qq", "--require-hashes", "-r", LOCK], check=True)
        stamp.write_bytes(LOCK.read_bytes())
    return str(own)


class Queue:
    """Fires by jobs. A turn is cut off after `at_most` seconds: what was done until then counts."""

    def __init__(self, tick: float, at_most: float) -> None:
        self.tick, self.at_most, self.python = tick, at_most, python()
        if execute("SELECT to_regclass('procrastinate_jobs')")[0] is None:
            assert self.start({"do": "schema"}).wait(60) == 0

    def fill(self) -> None:
        """Every clock's job, but for the due ones, which come anew before each turn; without the history of having been deferred."""
        execute("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")
        execute("TRUNCATE procrastinate_jobs CASCADE")
        execute(JOBS.format(table="sla_runningclock WHERE id NOT IN (SELECT id FROM clocks_before)", when="next_at"))
        execute("ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")

    def at_once(self, *, counting: bool = False) -> Turn:
        return self.work(0, "now() - interval '1 hour'", self.at_most, live=False, counting=counting)

    def live(self, due: int, spread: float) -> Turn:
        """A worker that is there before the first comes due, and asks as often as the others tick."""
        begins = time.time() + 3 + due / 5000
        return self.work(begins, f"to_timestamp({begins}) + wait * interval '1 second'", spread + self.at_most, live=True, due=due)

    def work(self, begins: float, when: str, at_most: float, **more: Any) -> Turn:
        execute("DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM clocks_before)")  # what was cut off
        execute(JOBS.format(table="clocks_before", when=when))
        execute("VACUUM ANALYZE procrastinate_jobs")
        written = inserts("clock_timestamp()", "sla_runningclock due WHERE due.id = %(clock)s")
        worker = self.start({"do": "work", "inserts": written, "poll": self.tick, "at_most": at_most, **more})
        assert worker.stdout and worker.stdout.readline() == "ready\n"
        told, _nothing = worker.communicate(f"{begins}\n")
        done = json.loads(told.splitlines()[-1])
        return Turn(done["wall"], done["cpu"], done["begun"], done["statements"])

    def start(self, what: dict[str, Any]) -> subprocess.Popen[str]:
        command = [self.python, str(PROGRAM), json.dumps({"url": os.environ["DATABASE_URL"], **what})]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
