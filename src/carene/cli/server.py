# SPDX-License-Identifier: EUPL-1.2
"""``carene setup``, ``carene serve``, ``carene demo``: from an empty folder to a page in the browser."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

PORT_SECONDS = 5
JOBS_AFTER = 10.0  # seconds
JOBS_EVERY = 1800.0  # seconds between two looks at what waits and at what is done once a day


def register(subparsers: Any) -> None:
    serve = subparsers.add_parser("serve", help="prépare la base si besoin et démarre le serveur")
    serve.add_argument("--host", default="127.0.0.1", help="adresse d'écoute (défaut : cette machine seulement)")
    serve.add_argument("--port", type=int, default=8000, help="port (défaut : 8000)")
    serve.add_argument("--threads", type=int, default=8, help="fils d'exécution par processus")
    serve.add_argument("--workers", type=int, default=1, help="processus ; un seul sur SQLite")
    serve.add_argument("--demo", action="store_true", help="charge la démonstration si la base est vide")
    serve.set_defaults(handler=_serve)
    setup = subparsers.add_parser("setup", help="crée ou met à jour la base et les fichiers statiques")
    setup.set_defaults(handler=_setup)
    demo = subparsers.add_parser("demo", help="charge la démonstration dans une base vide")
    demo.set_defaults(handler=_demo)
    admin = subparsers.add_parser("admin", help="crée la première organisation et son administrateur")
    admin.add_argument("--organisation", required=True, help="nom de l'établissement, du GHT ou de la région")
    admin.add_argument("--kind", default="entity", choices=["nation", "region", "ght", "entity"], help="sa nature")
    admin.add_argument("--email", required=True, help="adresse de l'administrateur")
    admin.add_argument("--name", required=True, help="nom de l'administrateur")
    admin.add_argument(
        "--also", action="append", default=[], metavar="RÔLE", help="autre rôle de cette personne (rssi, direction…)"
    )
    admin.set_defaults(handler=_admin)


_command = ExitStack()  # what lasts until the end of the command


def django() -> None:
    """Loads Django with the settings of this folder. A command acts as the owner of the database, on every row."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    import django as framework

    framework.setup()
    from carene.core.row_security.roles import maintenance

    _command.enter_context(maintenance("a command of the administrator of the server"))


def finish() -> None:
    """Gives back what ``django`` gave to the command."""
    _command.close()


def database() -> None:
    """Loads Django for a command that reads a database already there. Raises InputError when it is not."""
    django()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from carene.engines.sources import InputError

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).is_file():
        raise InputError("il n'y a pas de base ici", where=str(name), remedy="vérifier CARENE_VAR")
    settle()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise InputError("la base n'est pas à niveau", where=str(name), remedy="lancer « carene setup »")


def settle() -> None:
    """Ends, or throws away, what a killed restoration left, and says so. Raises InputError while one is at work."""
    from django.conf import settings

    from carene.cli.exits import say
    from carene.core.backup import interrupted

    outcome = interrupted.resume(Path(settings.VAR))
    if outcome:
        say(outcome.sentence)


def prepare() -> None:
    """Database up to date and static files collected; quick when there is nothing to do.

    Raises InputError when the database cannot be opened.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from carene.core.row_security.installing import install
    from carene.engines.sources import InputError

    Path(settings.VAR).mkdir(parents=True, exist_ok=True)
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise InputError(
            f"la base ne s'ouvre pas ({' '.join(str(error).split())})",
            where=str(connection.settings_dict["NAME"]),
            remedy="vérifier CARENE_DATABASE, CARENE_VAR, et que son serveur répond",
        ) from error
    settle()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Mise à jour de la base…", flush=True)
        _migrate()
    call_command("createcachetable", verbosity=0)  # does nothing when it exists, or when the cache is elsewhere
    install()
    if _static_is_stale(Path(settings.STATIC_ROOT)):
        print("Préparation des fichiers de l'interface…", flush=True)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        Path(settings.STATIC_ROOT, ".complete").touch()


def _migrate() -> None:
    from django.core.management import call_command

    from carene.core.row_security.roles import may_create
    from carene.engines.sources import InputError

    if not may_create():
        raise InputError(
            "la base n'est pas à niveau, et le rôle de CARENE_DATABASE ne peut pas l'y mettre",
            remedy="lancer « carene setup » avec CARENE_DATABASE_OWNER, le rôle qui possède les tables",
        )
    call_command("migrate", verbosity=0, interactive=False)


def _static_is_stale(root: Path) -> bool:
    mark = root / ".complete"
    if not mark.exists():
        return True
    import carene

    newest = max(
        (path.stat().st_mtime for path in Path(carene.__file__).parent.glob("ui/static/**/*") if path.is_file()),
        default=0.0,
    )
    return newest > mark.stat().st_mtime


def _setup(_arguments: argparse.Namespace) -> int:
    django()
    prepare()
    print("Prêt.")
    return 0


def _demo(_arguments: argparse.Namespace) -> int:
    django()
    prepare()
    from carene.apps.demonstration import build

    build.load(progress=lambda text: print(text, flush=True))
    return 0


def _admin(arguments: argparse.Namespace) -> int:
    django()
    prepare()
    import getpass

    from carene.apps.organisations import actions
    from carene.apps.organisations.shape import roles_on
    from carene.core.access.actor import Actor
    from carene.core.access.policy import MANAGERS
    from carene.engines.sources import InputError

    password = getpass.getpass("Mot de passe de l'administrateur (12 caractères au moins) : ")
    if len(password) < 12:
        raise InputError("mot de passe trop court", remedy="en choisir un d'au moins 12 caractères")
    actor = Actor.system("cli")
    organisation = actions.create(actor, None, kind=arguments.kind, name=arguments.organisation)
    first = next(key for key in MANAGERS if key in roles_on(organisation.kind))
    for role in (first, *arguments.also):
        membership = actions.grant(actor, organisation, email=arguments.email, name=arguments.name, role=role)
    user = membership.user
    user.set_password(password)
    user.save(update_fields=["password"])
    print(f"{organisation} est créé ; {user.email} l'administre. Démarrer avec « carene serve ».")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    django()
    from django.conf import settings
    from django.db import connection

    from carene.engines.sources import InputError

    for value, name, most in ((arguments.port, "port", 65_535), (arguments.threads, "threads", 1_000),
                              (arguments.workers, "workers", 1_000)):  # fmt: skip
        if not 1 <= value <= most:
            raise InputError(f"--{name} {value} n'est pas possible", remedy=f"donner un nombre de 1 à {most}")
    if connection.vendor == "sqlite" and arguments.workers != 1:
        raise InputError(
            "SQLite n'accepte qu'un processus", remedy="garder --workers 1, ou héberger la base sur PostgreSQL"
        )
    from carene.config.checks import refuse_unsafe

    refuse_unsafe(arguments.host)
    from carene.core.backup import lock

    lock.hold_server(Path(settings.VAR))
    _wait_for_port(arguments.host, arguments.port)
    from carene.cli.apart import apart
    from carene.config.warm import warm

    code = apart(lambda: _furnish(demo=arguments.demo), warm)
    if code:
        return code
    finish()  # pages are served by the role of the application
    everywhere = "0.0.0.0"  # nosec B104
    host = "localhost" if arguments.host in {"127.0.0.1", everywhere} else arguments.host
    address = f"http://{host}:{arguments.port}/"
    return run_server(arguments, address, demo=(Path(settings.VAR) / "demonstration").exists())


def _furnish(*, demo: bool) -> None:
    prepare()
    if demo:
        from carene.apps.demonstration import build

        if build.is_empty():
            build.load(progress=lambda text: print(text, flush=True))


def _wait_for_port(host: str, port: int) -> None:
    """A server that was killed may leave its port for a moment. Raises InputError when it is not to be had."""
    import errno
    import socket
    import time

    from carene.engines.sources import InputError

    for remaining in range(PORT_SECONDS, -1, -1):
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen()
            return
        except OSError as error:
            if error.errno == errno.EADDRINUSE and remaining:
                time.sleep(1)
                continue
            why = (
                "le port est déjà pris" if error.errno == errno.EADDRINUSE else "cette adresse ne peut pas être ouverte"
            )
            remedy = (
                "arrêter ce qui l'occupe, ou choisir --port" if error.errno == errno.EADDRINUSE else "vérifier --host"
            )
            raise InputError(why, where=f"{host}:{port}", remedy=remedy) from error


def run_server(arguments: argparse.Namespace, address: str, *, demo: bool) -> int:
    from gunicorn.app.base import BaseApplication

    def ready(_server: Any) -> None:
        print(f"\nCarène est ouvert : {address}", flush=True)
        if demo:
            from carene.core.accounts.demo import PASSWORD

            print(f"Se connecter : rssi@demo.invalid, mot de passe {PASSWORD} (démonstration, données inventées).")
        print("Arrêter : Ctrl+C.", flush=True)

    def later(_worker: Any) -> None:
        """Computations left waiting by the last stop begin once the first pages have been answered."""
        from carene.core.jobs.starting import look_now_and_then, serve

        serve()
        threading.Thread(target=look_now_and_then, args=(JOBS_AFTER, JOBS_EVERY), daemon=True).start()

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"{arguments.host}:{arguments.port}",
                "workers": arguments.workers,
                "threads": arguments.threads,
                "worker_class": "gthread",
                "timeout": 120,
                "graceful_timeout": 20,
                "keepalive": 5,
                "loglevel": "warning",
                "when_ready": ready,
                "post_worker_init": later,
                "preload_app": True,
                "control_socket_disable": True,
            }
            for key, value in options.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            from carene.config.warm import warm
            from carene.config.wsgi import application

            warm()
            return application

    sys.argv = sys.argv[:1]
    Server().run()
    return 0
