"""A group of a hundred thousand is read by name one page at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_shared_services"), ("tenancy", "0003_membership_dates")]

    operations = [
        migrations.AddIndex("organisation", models.Index(fields=["kind"], name="organisation_kind")),
        migrations.AddIndex("organisation", models.Index(fields=["search", "node"], name="organisation_by_name")),
    ]
