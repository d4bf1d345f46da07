from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0004_language_and_words_of_constraints"),
        ("sla", "0011_waited_for_the_customer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recount",
            name="why",
            field=models.TextField(verbose_name="what was edited"),
        ),
        migrations.AlterConstraint(
            model_name="clockrule",
            name="clock_rule_group_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company", None)),
                fields=("name", "case"),
                name="clock_rule_group_once",
                violation_error_message="The group has a row for this clock and case already.",
            ),
        ),
    ]
