"""The journal becomes a chain: each row seals the one before it, and the database refuses to change any."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Coalesce

from carene.core.journal import sealing, triggers


def seal(apps, schema_editor):
    """Chains the rows written before, in their order."""
    Entry, Head = apps.get_model("journal", "Entry"), apps.get_model("journal", "Head")
    alias = schema_editor.connection.alias
    heads, changed = {}, []
    for row in Entry.objects.using(alias).order_by("id").iterator(2000):
        row.seq, row.previous = heads.get(row.node_id, (0, ""))
        row.seq += 1
        fields = {**vars(row), "before": sealing.plain(row.before), "after": sealing.plain(row.after)}
        row.hash = sealing.digest({**fields, "at": sealing.moment(row.at)})
        heads[row.node_id] = (row.seq, row.hash)
        changed.append(row)
        if len(changed) == 500:
            Entry.objects.using(alias).bulk_update(changed, ["seq", "previous", "hash"], batch_size=100)
            changed = []
    Entry.objects.using(alias).bulk_update(changed, ["seq", "previous", "hash"], batch_size=100)
    Head.objects.using(alias).bulk_create(
        [Head(node_id=node, seq=seq, hash=digest) for node, (seq, digest) in heads.items()], batch_size=200
    )


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("tenancy", "0001_initial")]

    operations = [
        migrations.AlterField("entry", "at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("entry", "seq", models.PositiveBigIntegerField(default=0)),
        migrations.AddField("entry", "previous", models.CharField(blank=True, default="", max_length=64), False),
        migrations.AddField("entry", "hash", models.CharField(blank=True, default="", max_length=64), False),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
                (
                    "node",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_head",
                        to="tenancy.node",
                    ),
                ),
            ],
            options={
                "verbose_name": "tête du journal",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(Coalesce("node", models.Value(0)), name="journal_one_head"),
                ],
            },
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.AddConstraint("entry", models.UniqueConstraint(fields=["node", "seq"], name="journal_chain")),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(condition=models.Q(("node", None)), fields=["seq"], name="journal_chain_of_none"),
        ),
        migrations.RunPython(install, remove),
    ]
