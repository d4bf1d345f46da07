"""Facts are append-only (SEC-02): the database itself refuses to change or delete one.

PostgreSQL's TRUNCATE fires no row trigger, so that a test database can still be flushed.
"""

from typing import Any

from django.db import migrations

SQLITE = [
    f"CREATE TRIGGER core_fact_no_{verb.lower()} BEFORE {verb} ON core_fact BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """
    CREATE FUNCTION core_fact_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'facts are append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    "CREATE TRIGGER core_fact_append_only BEFORE UPDATE OR DELETE ON core_fact FOR EACH ROW EXECUTE FUNCTION core_fact_append_only()",
]
UNDO = {
    "sqlite": ["DROP TRIGGER core_fact_no_update", "DROP TRIGGER core_fact_no_delete"],
    "postgresql": ["DROP TRIGGER core_fact_append_only ON core_fact", "DROP FUNCTION core_fact_append_only()"],
}


def lay(apps: Any, schema_editor: Any) -> None:
    for sql in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


def lift(apps: Any, schema_editor: Any) -> None:
    for sql in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(lay, lift)]
