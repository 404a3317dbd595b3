# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="observation",
            name="observed_on",
            field=models.DateField(verbose_name="mesurée le"),
        ),
    ]
