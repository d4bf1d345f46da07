"""Many clocks that come due in the next seconds, and what became of them: counted by queries over steps and notices, past the product."""

from __future__ import annotations

from typing import NamedTuple

import psycopg2

STEPS = ("warned", "breached", "escalated 1")
# A clock lives 8 seconds: warned after 2, breached after 4, escalated once the limit has passed again.
OPENS, WARNED = 4, 2

LATE = """
    SELECT coalesce(max(extract(epoch FROM t.at - CASE s.name WHEN 'warned' THEN c.warn_at WHEN 'breached' THEN c.due_at
        ELSE c.due_at + (c.due_at - c.opens_at) END)), 0)
    FROM sla_step s JOIN proof_taken t ON t.step_id = s.id JOIN sla_runningclock c ON c.id = s.clock_id"""
NOTICED = "SELECT count(*), count(DISTINCT key) FROM core_delivery WHERE channel = 'page' AND key LIKE 'clock-%-escalated 1'"


class Kept(NamedTuple):
    """What became of the promises; lateness in seconds, from the moment that each step was due to the moment of its row."""

    lost: int
    doubled: int
    disordered: int
    late: float


class Promises:
    """The clocks of one database. Its times are the database's own: `proof_taken` notes by trigger when each step was written."""

    def __init__(self, url: str) -> None:
        self.url, self.number = url, 0

    def ask(self, sql: str, given: tuple = ()) -> list[tuple]:
        line = psycopg2.connect(self.url)
        try:
            with line, line.cursor() as cursor:
                cursor.execute(sql, given or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            line.close()

    def alone(self, statement: str) -> None:
        """A statement that stands in no transaction."""
        line = psycopg2.connect(self.url)
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(statement)
        line.close()

    def prepare(self) -> None:
        """Of all clocks only one stays, as the pattern of the others."""
        self.ask("DELETE FROM sla_runningclock WHERE id <> (SELECT min(id) FROM sla_runningclock WHERE name = 'order_confirmation')")
        self.ask("CREATE TABLE pattern AS SELECT * FROM sla_runningclock")
        self.ask("CREATE TABLE proof_taken (step_id bigint, at timestamptz DEFAULT clock_timestamp())")
        body = "BEGIN INSERT INTO proof_taken VALUES (NEW.id); RETURN NEW; END"
        self.ask(f"CREATE FUNCTION note_step() RETURNS trigger AS '{body}' LANGUAGE plpgsql")
        self.ask("CREATE TRIGGER note_step AFTER INSERT ON sla_step FOR EACH ROW EXECUTE FUNCTION note_step()")

    def make(self, number: int, seconds: float) -> None:
        """So many clocks, the first due in a moment, the last in `seconds`; those of before are gone."""
        self.number = number
        self.ask("TRUNCATE sla_step, core_delivery, proof_taken, sla_runningclock CASCADE")
        warned, opened = f"t.due - interval '{WARNED} s'", f"t.due - interval '{OPENS} s'"
        own = {
            "id": "n", "subject_id": "1000000 + n", "stopped_at": "NULL", "cancelled_at": "NULL", "paused_at": "NULL", "warned_at": "NULL",
            "breached_at": "NULL", "attempts": "0", "next_step": "'warned'", "next_at": warned, "warn_at": warned,
            "due_at": "t.due", "opens_at": opened, "started_at": opened,
            "limit": """jsonb_set(p."limit", '{unit}', '"wall_minutes"')""",
            "chain": "jsonb_build_array(p.chain -> 0, jsonb_build_array('general_manager', p.company_id, NULL, NULL))",
        }  # fmt: skip
        names = [name for (name,) in self.ask("SELECT column_name FROM information_schema.columns WHERE table_name = 'sla_runningclock'")]
        columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(own.get(name, f'p."{name}"') for name in names)
        when = f"now() + make_interval(secs => {1 + WARNED} + {float(seconds)} * n / {number})"
        spread = f"SELECT n, {when} AS due FROM generate_series(1, {number}) n"
        self.ask(f"INSERT INTO sla_runningclock ({columns}) SELECT {values} FROM pattern p, ({spread}) t")

    def forget_unique_keys(self) -> None:
        """For a control run only: the database does not refuse a second step any more."""
        self.ask("ALTER TABLE sla_step DROP CONSTRAINT step_once")
        for (name,) in self.ask("SELECT conname FROM pg_constraint WHERE conrelid = 'core_delivery'::regclass AND contype = 'u'"):
            self.ask(f'ALTER TABLE core_delivery DROP CONSTRAINT "{name}"')

    def open(self) -> int:
        """Clocks with a step still to come; 1 when the database cannot be asked just now."""
        try:
            return int(self.ask("SELECT count(*) FROM sla_runningclock WHERE next_at IS NOT NULL")[0][0])
        except psycopg2.OperationalError:
            return 1

    def kept(self) -> Kept:
        """Steps that were never taken and people who were never told; steps and notices too many; steps before their predecessor."""
        taken, different = self.ask("SELECT count(*), count(DISTINCT (clock_id, name)) FROM sla_step")[0]
        notices, people = self.ask(NOTICED)[0]
        order = (
            "SELECT count(*) FROM (SELECT string_agg(name, ',' ORDER BY id) AS names FROM sla_step GROUP BY clock_id) s WHERE names <> %s"
        )
        (disordered,) = self.ask(order, (",".join(STEPS),))[0]
        (late,) = self.ask(LATE)[0]
        lost = len(STEPS) * self.number - different + self.number - people
        return Kept(lost, taken - different + notices - people, disordered, round(float(late), 2))
