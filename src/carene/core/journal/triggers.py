# SPDX-License-Identifier: EUPL-1.2
"""What the database itself refuses and does, for the journal. SQLite forgets the triggers of a table that a migration
rebuilds: such a migration ends with ``install`` (a test and ``carene doctor`` look whether they are there)."""

from __future__ import annotations

from typing import Any

ENTRIES, HEADS = "journal_entry", "journal_head"
NAMES = ("journal_entry_kept", "journal_entry_unchanged", "journal_entry_chained")
REFUSED = "journal: rows are never changed or removed"
BROKEN = "journal: this row does not follow the head of its chain"

SQLITE = (
    f"""CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON {ENTRIES}
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER journal_entry_kept BEFORE DELETE ON {ENTRIES}
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER journal_entry_chained AFTER INSERT ON {ENTRIES}
        BEGIN
            SELECT RAISE(ABORT, '{BROKEN}') WHERE NOT EXISTS (
                SELECT 1 FROM {HEADS} WHERE node_id IS NEW.node_id AND seq = NEW.seq - 1 AND hash = NEW.previous
            );
            UPDATE {HEADS} SET seq = NEW.seq, hash = NEW.hash WHERE node_id IS NEW.node_id;
        END""",
)
# « IS NOT DISTINCT FROM » uses no index on PostgreSQL, hence the two cases.
POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSED}'; END $$""",
    # As its owner: the application itself may not move a head. ``{schema}`` is told by ``install``.
    f"""CREATE OR REPLACE FUNCTION journal_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = {{schema}}, pg_temp AS $$
        BEGIN
            IF NEW.node_id IS NULL THEN
                UPDATE {HEADS} SET seq = NEW.seq, hash = NEW.hash
                    WHERE node_id IS NULL AND seq = NEW.seq - 1 AND hash = NEW.previous;
            ELSE
                UPDATE {HEADS} SET seq = NEW.seq, hash = NEW.hash
                    WHERE node_id = NEW.node_id AND seq = NEW.seq - 1 AND hash = NEW.previous;
            END IF;
            IF NOT FOUND THEN RAISE EXCEPTION '{BROKEN}'; END IF;
            RETURN NULL;
        END $$""",
    f"""CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON {ENTRIES}
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    f"""CREATE TRIGGER journal_entry_kept BEFORE DELETE ON {ENTRIES}
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    f"""CREATE TRIGGER journal_entry_not_emptied BEFORE TRUNCATE ON {ENTRIES}
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    f"""CREATE TRIGGER journal_entry_chained AFTER INSERT ON {ENTRIES}
        FOR EACH ROW EXECUTE FUNCTION journal_chain()""",
)


def install(connection: Any) -> None:
    """Creates the triggers anew; for migrations."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for statement in SQLITE:
                cursor.execute(statement)
            return
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        for statement in POSTGRESQL:
            # What acts as its owner must not find a temporary table of its caller under the same name.
            cursor.execute(statement.replace("{schema}", schema))


def remove(connection: Any) -> None:
    """Drops them: for migrations that rebuild the journal, and for the tests, which empty every table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in (*NAMES, "journal_entry_not_emptied"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {ENTRIES}")
        else:
            for name in NAMES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: Any) -> list[str]:
    """Names of the triggers that are not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Disabled is as good as absent.
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
                [ENTRIES],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [ENTRIES])
        found = {row[0] for row in cursor.fetchall()}
    expected = (*NAMES, "journal_entry_not_emptied") if connection.vendor == "postgresql" else NAMES
    return [name for name in expected if name not in found]
