# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from carene.apps.observatory import partitions, triggers

MONTH_VALUE = migrations.CreateModel(
    name="MonthValue",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "month", "indicator_no", "node_id", blank=True, editable=False, primary_key=True, serialize=False
            ),
        ),
        ("value", models.FloatField()),
        ("month", models.DateField()),
        ("observed_on", models.DateField()),
        ("until", models.DateField()),
        ("indicator_no", models.SmallIntegerField()),
        (
            "node",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.node",
            ),
        ),
    ],
    options={
        "verbose_name": "valeur du mois",
        "ordering": ["month", "indicator_no", "node_id"],
    },
)


def make_month_values(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        partitions.install(schema_editor.connection)
    else:
        schema_editor.create_model(_model(apps))


def remove_month_values(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        partitions.remove(schema_editor.connection)
    else:
        schema_editor.delete_model(_model(apps))


def _model(apps):
    """As this migration leaves it; the state before it, with which it runs, does not have it yet."""
    state = ProjectState.from_apps(apps)
    MONTH_VALUE.state_forwards("observatory", state)
    return state.apps.get_model("observatory", "MonthValue")


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0003_membership_dates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Month",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "mois",
                "ordering": ["month"],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=90, unique=True)),
                ("validity", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "numéro",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month", "figure_no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("figure_no", models.SmallIntegerField()),
                ("rank", models.SmallIntegerField()),
            ],
            options={
                "verbose_name": "figure à recalculer",
                "ordering": ["rank", "-month", "figure_no"],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator", models.CharField(blank=True, max_length=80)),
                ("since", models.DateField()),
                (
                    "node",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.node"
                    ),
                ),
            ],
            options={
                "verbose_name": "changement à compter",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month", "node_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("type", models.CharField(blank=True, max_length=20)),
                ("ght_role", models.CharField(blank=True, max_length=10)),
                ("size", models.CharField(blank=True, max_length=4)),
                ("department", models.CharField(blank=True, max_length=3)),
                ("nation", models.BigIntegerField(null=True)),
                ("region", models.BigIntegerField(null=True)),
                ("ght", models.BigIntegerField(null=True)),
                ("activity", models.FloatField(null=True)),
                (
                    "node",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.node"),
                ),
            ],
            options={
                "verbose_name": "membre",
                "ordering": ["month", "node_id"],
            },
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(make_month_values, remove_month_values)],
            [MONTH_VALUE],
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("stratum", models.CharField(blank=True, max_length=30)),
                ("figure_no", models.SmallIntegerField()),
                ("month", models.DateField()),
                ("population", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("weight", models.FloatField()),
                ("value", models.FloatField(null=True)),
                ("at_target", models.PositiveIntegerField(null=True)),
                ("minimum", models.FloatField(null=True)),
                ("q1", models.FloatField(null=True)),
                ("median", models.FloatField(null=True)),
                ("q3", models.FloatField(null=True)),
                ("maximum", models.FloatField(null=True)),
                ("oldest", models.DateField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stratum",
                        "figure_no",
                        "month",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.node"
                    ),
                ),
            ],
            options={
                "verbose_name": "photographie",
                "ordering": ["node_id", "stratum", "figure_no", "month"],
            },
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("stratum", models.CharField(blank=True, max_length=30)),
                ("figure_no", models.SmallIntegerField()),
                ("month", models.DateField()),
                ("population", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("weight", models.FloatField()),
                ("value", models.FloatField(null=True)),
                ("at_target", models.PositiveIntegerField(null=True)),
                ("minimum", models.FloatField(null=True)),
                ("q1", models.FloatField(null=True)),
                ("median", models.FloatField(null=True)),
                ("q3", models.FloatField(null=True)),
                ("maximum", models.FloatField(null=True)),
                ("oldest", models.DateField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "figure_no",
                        "month",
                        "node_id",
                        "stratum",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("computed_at", models.DateTimeField()),
                (
                    "node",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.node"
                    ),
                ),
            ],
            options={
                "verbose_name": "agrégat",
                "ordering": ["node_id", "stratum", "figure_no", "month"],
                "indexes": [models.Index(fields=["node", "stratum", "figure_no", "month"], name="rollup_of_node")],
            },
        ),
        migrations.RunPython(install, remove),
    ]
