# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="kind",
            field=models.CharField(choices=[("answers", "réponses"), ("observations", "indicateurs")], max_length=12),
        ),
    ]
