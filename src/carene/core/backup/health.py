# SPDX-License-Identifier: EUPL-1.2
"""What ``carene doctor`` looks at. Each line says what is found and, when something is wrong, what to do."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone

from carene.core.backup import database, making
from carene.core.files import clamd
from carene.core.files.models import StoredFile
from carene.core.jobs import daily
from carene.core.jobs import queries as jobs
from carene.core.journal import triggers
from carene.core.journal.models import Entry
from carene.core.journal.verification import verify
from carene.core.letters import sending
from carene.core.row_security import checks
from carene.engines import french

GOOD, NOTICE, WRONG = "good", "notice", "wrong"
BACKUP_DAYS = 7
FREE = 1_000_000_000  # octets under which one should worry
FREE_SHARE = 0.05
SKEW = 2.0  # seconds between our clock and that of the file system
AHEAD = dt.timedelta(minutes=5)
LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}
WAIT = 5.0  # seconds for the antivirus to answer
SIGNATURE_DAYS = 7
NAMED = 3  # files named one by one
UPKEEP_AGE = dt.timedelta(days=2)


@dataclass(frozen=True)
class Line:
    subject: str
    level: str
    what: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.subject} : {self.what}{f' ; {self.remedy}' if self.remedy else ''}."


def examine() -> list[Line]:
    """Every line, in a fixed order. When the database cannot be read, what depends on it is left out."""
    lines = list(_base())
    if all(line.level != WRONG or line.subject == "Durabilité" for line in lines):
        for look in DATA:
            lines += look()
    for look in PLACE:
        lines += look()
    return lines


def _base() -> Iterator[Line]:
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        fault = database.integrity(path) if path.is_file() else "elle n'existe pas"
        if fault:
            todo = (
                "restaurer la dernière sauvegarde avec « carene restore »" if path.is_file() else "vérifier CARENE_VAR"
            )
            yield Line("Base", WRONG, fault, todo)
            return
        yield Line("Base", GOOD, f"intègre, {french.compact(path.stat().st_size, 'o')}")
    else:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            yield Line("Base", WRONG, database.last_line(str(error)), "démarrer PostgreSQL, vérifier CARENE_DATABASE")
            return
        yield Line("Base", GOOD, "PostgreSQL répond")
        yield from _durable()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Line("Version", WRONG, "la base n'est pas à niveau", "lancer « carene setup »")


def _durable() -> Iterator[Line]:
    """What a power cut would take back of what was acknowledged."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
        if value == "off":
            what = f"PostgreSQL peut perdre ce qu'il a confirmé ({name} = off)"
            yield Line("Durabilité", WRONG, what, f"remettre {name} à « on » dans postgresql.conf")


def _journal() -> Iterator[Line]:
    gone = triggers.missing(connection)
    if gone:
        yield Line(
            "Journal", WRONG, "la base ne le protège plus", "chercher qui a retiré ses déclencheurs, puis restaurer"
        )
    remembered = making.last(Path(settings.VAR))
    report = verify(witnesses=making.points(remembered["heads"]) if remembered else None)
    if report.faults:
        said = french.counted(len(report.faults), "chaîne rompue", "chaînes rompues")
        todo = "garder une copie de la base pour enquête, puis restaurer"
        yield Line("Journal", WRONG, f"{said}, dont {report.faults[0].sentence}", todo)
    elif not gone:
        yield Line("Journal", GOOD, f"{french.counted(report.entries, 'ligne vérifiée', 'lignes vérifiées')}")
    newest = Entry.objects.aggregate(newest=Max("at"))["newest"]
    if newest and newest > timezone.now() + AHEAD:
        yield Line("Horloge", WRONG, "le journal contient des lignes à venir", "régler l'horloge (NTP)")


def _second_lock() -> Iterator[Line]:
    found = [*checks.weaknesses(), *checks.bare()]
    for one in found:
        yield Line("Cloisonnement", NOTICE if one.holds else WRONG, one.what, one.remedy)
    if not found and connection.vendor == "postgresql":
        yield Line("Cloisonnement", GOOD, "la base elle-même ne montre à chacun que ses lignes")


def _stored() -> Iterator[Line]:
    rows = StoredFile.objects.unscoped("health of the whole installation").order_by("id")
    known: set[str] = set()
    lost: list[str] = []
    for row in rows.iterator():
        if row.sha256 not in known and not (row.path.is_file() and row.path.stat().st_size == row.size):
            lost.append(row.name)
        known.add(row.sha256)
    if lost:
        names = french.listing(french.quoted(name) for name in lost[:NAMED])
        what = (
            f"{french.counted(len(lost), 'fichier manque ou est abîmé', 'fichiers manquent ou sont abîmés')} ({names})"
        )
        yield Line("Preuves", WRONG, what, "les reprendre d'une sauvegarde avec « carene restore --into »")
    else:
        yield Line("Preuves", GOOD, f"{french.counted(len(known), 'fichier présent', 'fichiers présents')}")
    orphans = [path for path in making.stored_files() if path.name not in known]
    if orphans:
        size = french.compact(sum(path.stat().st_size for path in orphans), "o")
        said = french.counted(len(orphans), "fichier que rien ne nomme", "fichiers que rien ne nomme")
        yield Line("Preuves", NOTICE, f"{said} ({size})", "sans danger ; reste d'une restauration ou d'un envoi coupé")


def _jobs() -> Iterator[Line]:
    stuck = jobs.stuck()
    if stuck:
        said = french.counted(stuck, "calcul interrompu par un arrêt", "calculs interrompus par un arrêt")
        yield Line("Calculs", NOTICE, said, "les relancer de leur page")
    waiting = jobs.waiting()
    if waiting and not settings.JOBS_HERE:
        said = french.counted(waiting, "calcul attend", "calculs attendent")
        yield Line("Calculs", NOTICE, said, "vérifier que « carene work » tourne")


def _upkeep() -> Iterator[Line]:
    rows = daily.latest()
    broken = [row for row in rows if row.failed]
    for row in broken:
        what = f"« {daily.title_of(row)} » a échoué le {french.long_date(row.day)} ({row.said})"
        yield Line("Entretien", WRONG, what, "lire le journal du serveur, puis lancer « carene upkeep »")
    newest = max((row.day for row in rows), default=None)
    if newest is None:
        yield Line("Entretien", NOTICE, "aucun rappel n'a encore été préparé", "lancer « carene upkeep » chaque jour")
    elif timezone.localdate() - newest > UPKEEP_AGE:
        said = f"le dernier est du {french.long_date(newest)}"
        yield Line("Entretien", WRONG, said, "vérifier la tâche qui lance « carene upkeep »")
    elif not broken:
        yield Line("Entretien", GOOD, f"le dernier est du {french.long_date(newest)}")
    count, error = sending.refused()
    if count:
        said = french.counted(count, "courriel n'est pas parti", "courriels ne sont pas partis")
        yield Line("Courriels", WRONG, f"{said} ({error})", "vérifier CARENE_SMTP_HOST et son serveur")


def _room() -> Iterator[Line]:
    usage = shutil.disk_usage(settings.VAR)
    said = f"{french.compact(usage.free, 'o')} libres sur {french.compact(usage.total, 'o')}"
    if usage.free < min(FREE, usage.total * FREE_SHARE):
        yield Line("Disque", WRONG, said, "faire de la place : une base sans place ne s'écrit plus")
    else:
        yield Line("Disque", GOOD, said)


def _backup() -> Iterator[Line]:
    remembered = making.last(Path(settings.VAR))
    if remembered is None:
        yield Line("Sauvegarde", WRONG, "aucune n'a jamais été faite", "lancer « carene backup », puis chaque nuit")
        return
    path, made = Path(remembered["path"]), dt.datetime.fromisoformat(remembered["made_at"])
    said = f"la dernière est du {french.long_date(timezone.localtime(made).date())}"
    if timezone.now() - made > dt.timedelta(days=BACKUP_DAYS):
        yield Line("Sauvegarde", WRONG, said, "lancer « carene backup », et vérifier la tâche de chaque nuit")
    else:
        yield Line("Sauvegarde", GOOD, said)
    if path.is_file() and path.stat().st_dev == Path(settings.VAR).stat().st_dev:
        yield Line(
            "Sauvegarde", NOTICE, "elle est sur le même disque que les données", "en garder une copie hors du réseau"
        )


def _settings() -> Iterator[Line]:
    local = set(settings.ALLOWED_HOSTS) <= LOCAL
    if settings.DEBUG:
        yield Line("Réglages", WRONG, "le mode de développement est actif", "retirer CARENE_DEBUG")
    if "*" in settings.ALLOWED_HOSTS:
        yield Line("Réglages", WRONG, "tout nom de serveur est accepté", "donner le vrai nom par CARENE_HOSTS")
    elif local:
        yield Line(
            "Réglages", NOTICE, "on n'y accède que de cette machine", "donner le nom du serveur par CARENE_HOSTS"
        )
    if not local and not settings.SESSION_COOKIE_SECURE:
        yield Line("Réglages", WRONG, "sans HTTPS, mots de passe et réponses se lisent au passage", "CARENE_HTTPS=oui")
    if settings.EMAIL_HOST and not settings.PUBLIC_URL:
        yield Line("Réglages", NOTICE, "les rappels partent sans lien", "donner l'adresse de Carène par CARENE_URL")
    var = Path(settings.VAR)
    guarded = [var / "secret_key"]
    if connection.vendor == "sqlite":
        guarded.append(Path(connection.settings_dict["NAME"]))
    for path in guarded:
        # A closed folder protects what it holds, whatever the rights of the file.
        closed = not stat.S_IMODE(path.parent.stat().st_mode) & stat.S_IXOTH
        if path.is_file() and not closed and stat.S_IMODE(path.stat().st_mode) & stat.S_IROTH:
            level = WRONG if path.name == "secret_key" else NOTICE
            yield Line("Réglages", level, f"{path.name} est lisible par tous sur ce serveur", f"chmod 600 {path}")


def _antivirus() -> Iterator[Line]:
    if settings.CLAMAV is None:
        yield Line(
            "Antivirus", NOTICE, "ce que l'on envoie n'est pas examiné", "donner l'adresse de clamd par CARENE_CLAMAV"
        )
        return
    try:
        said = clamd.version(settings.CLAMAV, WAIT)
    except clamd.ScannerError as error:
        yield Line(
            "Antivirus",
            WRONG,
            f"clamd ne répond pas ({error}) : aucun fichier n'est plus accepté",
            "le démarrer, ou corriger CARENE_CLAMAV",
        )
        return
    product, *rest = said.split("/")  # « ClamAV 1.4.6/27000/Mon Nov 23 09:12:01 2026 »
    try:
        made = dt.datetime.strptime(rest[-1] if rest else "", "%a %b %d %H:%M:%S %Y").replace(tzinfo=dt.UTC)
    except ValueError:
        yield Line("Antivirus", NOTICE, f"{product} répond, sans dater ses signatures", "vérifier que freshclam tourne")
        return
    known = f"{product}, signatures du {french.long_date(made.date())}"
    if timezone.now() - made > dt.timedelta(days=SIGNATURE_DAYS):
        yield Line("Antivirus", WRONG, known, "vérifier que freshclam tourne")
    else:
        yield Line("Antivirus", GOOD, known)


def _clock() -> Iterator[Line]:
    with tempfile.NamedTemporaryFile(dir=settings.VAR, prefix=".horloge-") as probe:
        skew = abs(os.fstat(probe.fileno()).st_mtime - time.time())
    if skew > SKEW:
        what = f"elle diffère de {french.number(skew, 0)} s de celle du système de fichiers"
        yield Line("Horloge", WRONG, what, "régler les deux par NTP")
    else:
        yield Line("Horloge", GOOD, "la même que celle du système de fichiers")


DATA: tuple[Callable[[], Iterator[Line]], ...] = (_journal, _second_lock, _stored, _jobs, _upkeep)
PLACE: tuple[Callable[[], Iterator[Line]], ...] = (_backup, _room, _settings, _antivirus, _clock)
