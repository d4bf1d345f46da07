"""What is kept is kept: the database itself refuses to change or delete a file, an attachment or a print (decision 19)."""

from typing import Any

from django.db import migrations

TABLES = ("documents_storedfile", "documents_attachment", "documents_printedform")
FUNCTION = """
CREATE FUNCTION documents_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'documents are kept as they are' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def lay(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION documents_kept()"
            )
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            refusal = "BEGIN SELECT RAISE(ABORT, 'documents are kept as they are'); END"
            schema_editor.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refusal}")


def lift(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_kept ON {table}")
        schema_editor.execute("DROP FUNCTION documents_kept()")
        return
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunPython(lay, lift)]
