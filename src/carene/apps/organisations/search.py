# SPDX-License-Identifier: EUPL-1.2
"""Finding an organisation among a hundred thousand by its name, its town or a number, typing errors forgiven.

Candidates come from the index of pieces of three letters (``search_index``); Python then ranks a few hundred of them.
A word of at least six letters that holds one error still holds one half of itself whole; a shorter one is tried under
every writing that one error could have given it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.search_index import INDEX, TABLE, is_ready
from carene.engines.registers.text import fold

MOST = 500  # candidates read and ranked; beyond, the search says that it is too wide
MOST_FORGIVEN = 2000  # pieces of words are less telling than words
SHOWN = 200  # answers given
WORDS = 8
SHORTEST = 3  # letters that the index knows
INDEXED, READ = f"{TABLE}.search", f"({TABLE}.search || '')"  # for PostgreSQL: through its index, or row by row
EMPTY = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "a", "au", "aux", "sur"})


@dataclass(frozen=True)
class Answer:
    """``ids`` best first. ``wide``: more would have answered. ``forgiven``: nothing answered letter for letter."""

    ids: list[int]
    wide: bool = False
    forgiven: bool = False


def search(rows: QuerySet[Organisation], text: str) -> Answer:
    """Those of ``rows`` that answer ``text``: two queries at most beyond those of ``rows`` itself, three when wrong."""
    number = "".join(text.split()).upper()
    if _is_number(number):
        found = _by_number(rows, number)
        if found.ids:
            return found
    words = fold(text).split()[:WORDS]
    told = [word for word in words if word not in EMPTY] or words
    if not told:
        return Answer([])
    found = _ranked(_candidates(rows, told, forgive=False), told, forgive=False)
    if found.ids:
        return found
    return _ranked(_candidates(rows, told, forgive=True), told, forgive=True)


# Numbers --------------------------------------------------------------------------------------------------------------


def _is_number(text: str) -> bool:
    """The beginning of a FINESS number or of a SIRET (« 2A » and « 9C » begin some)."""
    return 3 <= len(text) <= 14 and text.isascii() and text.isalnum() and text[2:].isdigit() and text[0].isdigit()


def _by_number(rows: QuerySet[Organisation], number: str) -> Answer:
    columns = ("siret",) if len(number) > 9 else ("finess", "finess_ej", "siret")
    # Each by its own index; « Z » stands after every character of a number, in every language.
    each = (f"SELECT node_id FROM {TABLE} WHERE {name} >= %s AND {name} <= %s" for name in columns)  # nosec B608
    last = number + "Z" * (14 - len(number))
    found = RawSQL(" UNION ".join(each), [number, last] * len(columns))
    ids = list(rows.filter(pk__in=found).order_by("finess", "pk").values_list("pk", flat=True)[: SHOWN + 1])
    return Answer(ids[:SHOWN], wide=len(ids) > SHOWN)


# Words ----------------------------------------------------------------------------------------------------------------


def _candidates(
    rows: QuerySet[Organisation], words: list[str], *, forgive: bool
) -> tuple[list[tuple[int, str, bool]], bool]:
    """(id, searched text, closed) of rows that hold every word, or a piece of each; and whether there are more."""
    order: tuple[str, ...] = ("pk",)
    if connection.vendor == "postgresql":
        order = ()  # which of too many comes first does not matter; asking for an order makes it sort them all
        telling = _telling(words) if forgive else words
        for word in words:
            for text, patterns in _asked(word, telling) if forgive else [(INDEXED, [f"%{_whole(word)}%"])]:
                like = " OR ".join([f"{text} LIKE %s"] * len(patterns))
                rows = rows.filter(RawSQL(f"({like})", patterns, BooleanField()))  # nosec B608
    elif is_ready():
        groups = [_pieces(word) if forgive else [_whole(word)] for word in words]
        match = " AND ".join("(" + " OR ".join(f'"{piece}"' for piece in group) + ")" for group in groups)
        query = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s"  # nosec B608
        rows = rows.filter(pk__in=RawSQL(query, [match]))
    else:
        for word in words:
            either = Q()
            for piece in _pieces(word) if forgive else [_whole(word)]:
                either |= Q(search__contains=piece)
            rows = rows.filter(either)
    most = MOST_FORGIVEN if forgive else MOST
    found = rows.order_by(*order).values_list("pk", "search", "closed_on")[: most + 1]
    candidates = [(pk, text, closed is not None) for pk, text, closed in found]
    return candidates[:most], len(candidates) > most


def _telling(words: list[str]) -> list[str]:
    """Words to ask the index of PostgreSQL for; the others are looked for in the rows that it gives.

    Pieces of words are in thousands of rows each: to intersect them all costs it more than a second.
    """
    by_length = sorted(words, key=len, reverse=True)
    return [word for word in by_length if len(word) >= 5][:2] or by_length[:1]


def _asked(word: str, telling: list[str]) -> list[tuple[str, list[str]]]:
    """Conditions on a word that may be wrong, for PostgreSQL: what to look in, patterns of which one must be there."""
    text = INDEXED if word in telling else READ
    if not _allowed(word) or len(word) >= 6 or telling == [word]:
        return [(text, _patterns(word))]
    # Twenty patterns for thousands of rows would take most of the time: few rows hold even one half of the word.
    return [(text, [f"%{part}%" for part in _parts(word)]), (READ, _patterns(word))]


def _ranked(found: tuple[list[tuple[int, str, bool]], bool], words: list[str], *, forgive: bool) -> Answer:
    candidates, more = found
    cost: dict[tuple[str, str], int | None] = {}
    ranked: list[tuple[tuple[int, int, int], int]] = []
    for pk, text, closed in candidates:
        theirs = text.split()
        far = 0
        for word in words:
            best = min(
                (c for other in theirs if (c := _cost(word, other, cost, forgive=forgive)) is not None), default=None
            )
            if best is None:
                break
            far += best
        else:
            ranked.append(((int(closed), far, len(text)), pk))
    ranked.sort()
    ids = [pk for _, pk in ranked]
    return Answer(ids[:SHOWN], wide=more or len(ids) > SHOWN, forgiven=forgive and bool(ids))


def _cost(word: str, other: str, known: dict[tuple[str, str], int | None], *, forgive: bool) -> int | None:
    """0 the same word, 1 its beginning, 2 inside it, then ten for each error; None: another word."""
    pair = (word, other)
    if pair not in known:
        if word == other:
            known[pair] = 0
        elif other.startswith(word):
            known[pair] = 1
        elif word in other and len(word) >= SHORTEST:
            known[pair] = 2
        else:
            known[pair] = _errors(word, other) if forgive else None
    return known[pair]


def _errors(word: str, other: str) -> int | None:
    """Errors between a word and another, or its beginning (people stop typing)."""
    allowed = _allowed(word)
    if not allowed or len(other) < len(word) - allowed:
        return None
    from rapidfuzz.distance import OSA  # heavy: for those who search with typing errors

    distance = min(
        OSA.distance(word, other[:end], score_cutoff=allowed)
        for end in {len(other), *(n for n in (len(word), len(word) + 1) if n < len(other) and len(word) > 5)}
    )
    return 10 * distance if distance <= allowed else None


def _allowed(word: str) -> int:
    return 0 if len(word) < 4 or word.isdigit() else 1 if len(word) < 9 else 2


def _whole(word: str) -> str:
    """The index knows pieces of three letters; a shorter word is looked for with the spaces around it."""
    return word if len(word) >= SHORTEST else f" {word} "


def _pieces(word: str) -> list[str]:
    """What a word with the errors that we allow it still holds whole, one of these at least."""
    if not _allowed(word):
        return [_whole(word)]
    return sorted(_one_error(word)) if len(word) < 6 else _parts(word)


def _parts(word: str) -> list[str]:
    """The pieces of a word cut in one more than the errors that it may hold."""
    parts = _allowed(word) + 1
    bounds = [len(word) * rank // parts for rank in range(parts + 1)]
    whole = [word[start:end] for start, end in pairwise(bounds)]
    whole[0] = f" {whole[0]}"  # the first one begins the word
    # Two letters swapped over the only bound would break both pieces.
    return [*whole, _swapped(word, bounds[1])] if parts == 2 else whole


def _patterns(word: str) -> list[str]:
    """The same for LIKE, whose « _ » is any letter: twenty patterns instead of three hundred words."""
    if not _allowed(word) or len(word) >= 6:
        return [f"%{piece}%" for piece in _pieces(word)]
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    changed = (
        {a + "_" + b[1:] for a, b in cuts if b} | {a + "_" + b for a, b in cuts} | {a + b[1:] for a, b in cuts if b}
    )
    return sorted(f"% {one}%" for one in changed | {_swapped(word, at) for at in range(1, len(word))})


def _swapped(word: str, at: int) -> str:
    """With the letters on both sides of this place exchanged."""
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _one_error(word: str) -> Iterable[str]:
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    yield from {
        word,
        *(a + b[1:] for a, b in cuts if b),
        *(_swapped(word, at) for at in range(1, len(word))),
        *(a + c + b[1:] for a, b in cuts if b for c in ascii_lowercase),
        *(a + c + b for a, b in cuts for c in ascii_lowercase),
    }
