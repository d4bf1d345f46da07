"""Papers with freight have a price flag of their own, longer than the others; SQLite makes the table anew and forgets its triggers."""

from typing import Any

from django.db import migrations, models


def lay_again(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    for verb in ("UPDATE", "DELETE"):
        name, refusal = f"documents_printedform_no_{verb.lower()}", "BEGIN SELECT RAISE(ABORT, 'documents are kept as they are'); END"
        schema_editor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON documents_printedform {refusal}")


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_customer_links")]
    operations = [
        migrations.AlterField(
            model_name="printedform",
            name="prices",
            field=models.CharField(blank=True, max_length=8, verbose_name="prices"),
        ),
        migrations.RunPython(lay_again, migrations.RunPython.noop),
    ]
