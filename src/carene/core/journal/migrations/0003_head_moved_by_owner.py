"""On PostgreSQL the trigger that moves the heads acts as the owner of the tables: nobody else may move them."""

from django.db import migrations

from carene.core.journal import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_chain")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
