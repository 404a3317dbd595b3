# SPDX-License-Identifier: EUPL-1.2
"""The country that does not exist: made in an empty base, left with everything that protects its rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from carene.apps.indicators.models import Observation
from carene.apps.observatory import queries, refresh, synthetic
from carene.apps.organisations.models import Organisation
from carene.core.row_security.roles import maintenance
from carene.engines.sources import InputError
from tests.apps.observatory.conftest import Country
from tests.support.factories import SYSTEM


def guarded(table: str) -> set[str]:
    """Indexes and foreign keys, and whether rows are held to the policies, as the database knows them."""
    with connection.cursor() as cursor:
        found = {
            f"{name} {one['columns']}" for name, one in connection.introspection.get_constraints(cursor, table).items()
        }
        if connection.vendor == "postgresql":
            cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
            found.add(str(cursor.fetchone()))
    return found


@pytest.mark.django_db(transaction=True)  # outside of a transaction one may come in as the owner of the tables
def test_a_country_is_made_and_counted() -> None:
    table = Observation._meta.db_table
    before = guarded(table)
    with maintenance("as the command does"):
        written = synthetic.generate(120, 4, 3)
    assert guarded(table) == before
    assert written == Observation.objects.unscoped("test").count() > 120 * 4 * 3 * 0.8
    refresh.run()
    assert len(queries.months()) == 3
    nation = Organisation.objects.unscoped("test").select_related("node").get(kind="nation")
    known = [line.now for line in queries.table(SYSTEM, nation).lines if line.now and line.now.answered]
    assert known
    assert all(one.population <= 120 for one in known)


def test_it_never_mixes_with_what_is_real(country: Country) -> None:
    with pytest.raises(InputError, match="ne s'y mêle pas"):
        synthetic.generate(120, 4, 3)
    assert not Observation.objects.unscoped("test").exists()


def test_no_more_indicators_than_are_followed(db: Any) -> None:
    with pytest.raises(InputError, match="indicateurs"):
        synthetic.generate(120, 10_000, 3)
