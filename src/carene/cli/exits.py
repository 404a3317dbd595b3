# SPDX-License-Identifier: EUPL-1.2
"""How every command ends: 0 done, 2 bad input, 1 our own failure; one French sentence on the error output."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Callable

from carene.engines.sources.errors import InputError

DONE = 0
OWN_FAILURE = 1
BAD_INPUT = 2
DEBUG = "CARENE_DEBUG"  # "1" shows the traceback of our own failures; read here because the settings may be what failed

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # without a file name: it is the standard output

Handler = Callable[[argparse.Namespace], int]


def run(handler: Handler, arguments: argparse.Namespace) -> int:
    """Run a verb and give the exit code of the command. Never raises, except SystemExit asked for by the verb."""
    try:
        code = handler(arguments)
        sys.stdout.flush()
    except InputError as error:
        say(error.sentence)
        return BAD_INPUT
    except KeyboardInterrupt:
        say("Commande interrompue.")
        return OWN_FAILURE
    except BrokenPipeError:  # the reader of our output left (« carene … | head »): nothing more can be said to it
        _forget_output()
        return OWN_FAILURE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            _forget_output()
            say("La sortie standard ne peut pas être écrite ; vérifier la place qui reste sur le disque.")
            return BAD_INPUT
        if os.environ.get(DEBUG) == "1":
            traceback.print_exc()
        else:
            say(
                f"Erreur interne ({type(error).__name__}) : la commande n'a pas abouti ; "
                f"la relancer avec {DEBUG}=1 et signaler ce qui s'affiche."
            )
        return OWN_FAILURE
    return code


def _forget_output() -> None:
    """What still waits to be written is lost: without this, leaving would try again and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(sentence: str) -> None:
    """One sentence on the error output, on one line."""
    print(" ".join(sentence.split()), file=sys.stderr)
