from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_goods_sent_back"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="bomline",
            name="bom_not_itself",
            constraint=models.CheckConstraint(
                condition=models.Q(("product", models.F("component")), _negated=True),
                name="bom_not_itself",
                violation_error_message="Nothing is a component of itself.",
            ),
        ),
    ]
