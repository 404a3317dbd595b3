# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="sharerequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "en attente"),
                    ("accepted", "acceptée"),
                    ("refused", "refusée"),
                    ("withdrawn", "retirée"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
    ]
