from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0002_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="scenario",
            name="prudence",
            field=models.JSONField(null=True),
        ),
    ]
