"""The worker of the job queue, in the environment of jobs.txt: python jobs.py '{"url": ..., "do": "schema" or "work", ...}'

One process, as the sweep is one; concurrency, listening and deleting what is done as its documentation advises. Its jobs only write the
step and the notice: the next moment of the clock is not deferred anew, which is in its favour.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from contextlib import suppress

import procrastinate
import psycopg

CONCURRENCY = 30  # "app.run_worker(concurrency=30)", docs/howto/concurrency
given = json.loads(sys.argv[1])
logging.getLogger("procrastinate").setLevel(logging.ERROR)
connector = procrastinate.PsycopgConnector(conninfo=given["url"], min_size=4, max_size=CONCURRENCY + 2)
app = procrastinate.App(connector=connector)
written, counted = 0, 0


@app.task(name="fire", queue="clocks")
async def fire(clock: int) -> None:
    global written
    async with connector.pool.connection() as connection, connection.transaction():
        for insert in given["inserts"]:
            await connection.execute(insert, {"clock": clock})
    written += 1


def count_statements() -> None:
    execute = psycopg.AsyncCursor.execute

    async def counting(self, *args, **kwargs):
        global counted
        counted += 1
        return await execute(self, *args, **kwargs)

    psycopg.AsyncCursor.execute = counting


async def stop_when_done(worker: asyncio.Task) -> None:
    while not worker.done() and written < given["due"]:
        await asyncio.sleep(0.05)
    worker.cancel()


async def work() -> dict:
    async with app.open_async():
        print("ready", flush=True)
        begins = float(sys.stdin.readline())
        await asyncio.sleep(max(0, begins - time.time()))
        begun, wall, cpu = begins or time.time(), time.perf_counter(), time.process_time()
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY, wait=given["live"], fetch_job_polling_interval=given["poll"], delete_jobs="always",
                install_signal_handlers=False,
            )
        )  # fmt: skip
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(given["at_most"]):
                await (stop_when_done(worker) if given["live"] else asyncio.shield(worker))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
    return {"wall": wall, "cpu": cpu, "begun": begun, "statements": counted, "written": written}


async def make_schema() -> dict:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
    return {}


if __name__ == "__main__":
    if given.get("counting"):
        count_statements()
    print(json.dumps(asyncio.run(make_schema() if given["do"] == "schema" else work())))
