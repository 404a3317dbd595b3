"""On PostgreSQL, paths compare byte by byte whatever the language of the database: rights rest on their order."""

from django.db import migrations


def set_collation(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE tenancy_node ALTER COLUMN path TYPE varchar(255) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunPython(set_collation, migrations.RunPython.noop)]
