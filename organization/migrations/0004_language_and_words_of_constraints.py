from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0003_second_step"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="language",
            field=models.CharField(blank=True, choices=[("zh-hans", "Chinese"), ("en", "English")], max_length=10, verbose_name="language"),
        ),
        migrations.AlterConstraint(
            model_name="calendarday",
            name="statutory_day_once",
            constraint=models.UniqueConstraint(
                condition=models.Q(("company", None)),
                fields=("date",),
                name="statutory_day_once",
                violation_error_message="This date is on the group's list already.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="delegation",
            name="delegation_period",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("starts"))),
                name="delegation_period",
                violation_error_message="It ends before it begins.",
            ),
        ),
    ]
