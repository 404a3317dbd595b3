# SPDX-License-Identifier: EUPL-1.2
"""A month of everybody's observations is read at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_measured_on")]

    operations = [
        migrations.AddIndex("observation", models.Index(fields=["observed_on"], name="observation_day")),
    ]
