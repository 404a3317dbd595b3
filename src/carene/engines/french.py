# SPDX-License-Identifier: EUPL-1.2
"""Dates, numbers, amounts and lists written as French people write them: the only home of these forms.

Spaces inside a figure never break: U+202F between thousands, U+00A0 before a unit. ``typeset`` does the same for the
punctuation of a sentence, at the moment it is shown. Rounding is half up, as people do by hand.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from carene.engines.months import months_between

NARROW = "\u202f"
SPACE = "\u00a0"
MINUS = "\u2212"
UNKNOWN = "non renseigné"
MOST_DAYS = 90  # beyond, a delay is said in months

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"
_EXACT = Context(prec=400)  # the longest float has 309 digits before its comma


# Numbers and amounts ---------------------------------------------------------------------------------------------


def number(value: float, decimals: int | None = None) -> str:
    """« 12 400 », « 0,5 », « −3 ». ``decimals`` None keeps at most two and drops useless zeros.

    A value that is not finite has no writing: « non renseigné ».
    """
    if not math.isfinite(value):
        return UNKNOWN
    places = 2 if decimals is None else decimals
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)
    whole, _, fraction = f"{abs(rounded):,f}".partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    sign = MINUS if rounded < 0 else ""
    return sign + whole.replace(",", NARROW) + ("," + fraction if fraction else "")


def with_unit(value: float, unit: str, decimals: int | None = None) -> str:
    """« 71 % », « 0,5 ETP », « 12 jours »; no unit, no space."""
    text = number(value, decimals)
    return f"{text}{SPACE}{unit}" if unit else text


def amount(value: float, unit: str) -> str:
    """What a plan is worth: « 119 € de pertes évitées par an », « 12,4 points », « 0,123 jours… »: no cents."""
    decimals = 0 if abs(value) >= 1000 or (abs(value) >= 1 and unit.startswith("€")) else 1 if abs(value) >= 1 else 3
    return with_unit(value, unit, decimals)


def euros(value: float) -> str:
    """« 12 400 € », to the euro."""
    return with_unit(value, "€", 0)


def compact_euros(value: float) -> str:
    """« 850 € », « 9,4 k€ », « 180 k€ », « 1,4 M€ »: three figures at most, for charts and short lists."""
    return compact(value, "€")


def compact(value: float, unit: str = "") -> str:
    """A large quantity in thousands or millions: « 9,4 k€ » with the unit « € », « 12,4 k » without one."""
    if not math.isfinite(value):
        return UNKNOWN
    for scale, prefix in ((1_000_000, "M"), (1_000, "k")):
        scaled = value / scale
        # 999 960 € is read « 1 M€ »: the choice of the prefix looks at the rounded figure.
        if abs(scaled) >= (0.9995 if prefix == "M" else 1):
            decimals = 0 if abs(scaled) >= 99.95 else 1
            return f"{trimmed(scaled, decimals)}{SPACE}{prefix}{unit}"
    return with_unit(value, unit, 0)


def percent(value: float, decimals: int | None = None) -> str:
    """« 71 % » from 71; without ``decimals``, one at most: « 1,7 % »."""
    return f"{trimmed(value, 1) if decimals is None else number(value, decimals)}{SPACE}%"


def share(ratio: float, decimals: int | None = 0) -> str:
    """« 82 % » from 0.82."""
    return percent(ratio * 100, decimals)


def score(value: float | None) -> str:
    """A score on 0–4 with one decimal, « 2,3 »; « — » when there is none."""
    return "—" if value is None else number(value, 1)


def signed(value: float, decimals: int = 1) -> str:
    """A change: « +0,4 », « −0,2 », « 0 »."""
    text = trimmed(value, decimals)
    return text if text.startswith(MINUS) or text == "0" else f"+{text}"


def person_days(value: float) -> str:
    """« 12,5 jours », « 1 jour »: an effort, to the tenth of a day."""
    return f"{trimmed(value, 1)}{SPACE}{plural(round(value, 1), 'jour')}"


def trimmed(value: float, decimals: int = 1) -> str:
    """At most ``decimals``, without useless zeros: « 7,5 », « 3 »."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


# Words -----------------------------------------------------------------------------------------------------------


def plural(count: float, singular: str, plural_form: str | None = None) -> str:
    """The word alone, in the number that ``count`` asks for; French has a plural from 2 on (1,5 jour).

    A group of words needs its plural form to be given: raises ValueError otherwise.
    """
    if abs(count) < 2:
        return singular
    if plural_form is not None:
        return plural_form
    if " " in singular:
        raise ValueError(f"the plural of « {singular} » must be given")
    if singular[-1] in "sxz":
        return singular
    if singular.endswith("al"):
        return singular[:-2] + "aux"
    return singular + ("x" if singular.endswith(("au", "eu")) else "s")


def counted(count: float, singular: str, plural_form: str | None = None) -> str:
    """« 1 mesure », « 3 mesures », « 0 critère », « 1 200 postes »."""
    return f"{number(count)}{SPACE}{plural(count, singular, plural_form)}"


def in_words(count: int, *, feminine: bool = False) -> str:
    """« un », « une », « trois »; figures above twelve."""
    if feminine and count == 1:
        return "une"
    return _WORDS[count] if 0 <= count < len(_WORDS) else number(count)


def ordinal(rank: int, *, feminine: bool = False) -> str:
    """« 1er », « 1re », « 2e »."""
    if rank == 1:
        return "1re" if feminine else "1er"
    return f"{rank}e"


def listing(items: Iterable[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def sort_key(text: str) -> str:
    """For the order of a French list: « Élan » stands between « Eden » and « Emma », capitals beside small letters."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.casefold()


def quoted(text: str) -> str:
    """« text », without the full stop that would double that of the sentence."""
    return f"«{SPACE}{text.strip().rstrip('.')}{SPACE}»"


def of(noun: str) -> str:
    """« de mars », « d'avril ». A leading h is left as it is: nothing tells a mute one."""
    return f"d'{noun}" if noun[:1].lower() in _VOWELS else f"de {noun}"


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter and nothing else changed."""
    return sentence[:1].upper() + sentence[1:]


_BEFORE = re.compile(r" (?=[:»])")
_BEFORE_NARROW = re.compile(r" (?=[;?!])")
_AFTER = re.compile(r"« ")
_UNIT = re.compile(r"(?<=\d) (?=(?:[%€]|[kM]€|j\b))")


def typeset(text: str) -> str:
    """The same text with the spaces that must not break: punctuation, guillemets, units. Idempotent."""
    text = _UNIT.sub(SPACE, _BEFORE.sub(SPACE, text))
    return _AFTER.sub("«" + SPACE, _BEFORE_NARROW.sub(NARROW, text))


# Dates and durations ---------------------------------------------------------------------------------------------


def day_number(day: dt.date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def long_date(day: dt.date) -> str:
    """« 9 novembre 2026 », « 1er mars 2027 »."""
    return f"{day_number(day)}{SPACE}{MONTHS[day.month - 1]} {day.year}"


def short_date(day: dt.date) -> str:
    """« 9 nov. 2026 »."""
    return f"{day_number(day)}{SPACE}{SHORT_MONTHS[day.month - 1]} {day.year}"


def day_and_month(day: dt.date) -> str:
    """« 9 novembre », where the year is known."""
    return f"{day_number(day)}{SPACE}{MONTHS[day.month - 1]}"


def full_date(day: dt.date) -> str:
    """« lundi 9 novembre 2026 »."""
    return f"{WEEKDAYS[day.weekday()]} {long_date(day)}"


def numeric_date(day: dt.date) -> str:
    """« 09/11/2026 », for tables and spreadsheets."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def month_and_year(day: dt.date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def clock_time(moment: dt.time | dt.datetime) -> str:
    """« 14 h 32 »."""
    return f"{moment.hour}{SPACE}h{SPACE}{moment.minute:02d}"


def quarter(day: dt.date) -> str:
    """The calendar quarter: « T2 2027 »."""
    return f"T{(day.month - 1) // 3 + 1}{SPACE}{day.year}"


def long_quarter(day: dt.date) -> str:
    """« 2e trimestre 2028 »."""
    return f"{ordinal((day.month - 1) // 3 + 1)} trimestre {day.year}"


def month_range(first: dt.date, last: dt.date) -> str:
    """A period ready for a sentence: « en mars 2027 », « d'avril à juin 2027 », « de novembre 2027 à janvier 2028 »."""
    if (first.year, first.month) == (last.year, last.month):
        return f"en {month_and_year(first)}"
    start = MONTHS[first.month - 1] if first.year == last.year else month_and_year(first)
    return f"{of(start)} à {month_and_year(last)}"


def months(count: int) -> str:
    """« moins d'un mois », « 4 mois », « 1 an », « 18 mois », « 2 ans », « 2 ans et demi », « 2 ans et 3 mois »."""
    if count <= 0:
        return "moins d'un mois"
    if count < 24 and count != 12:
        return f"{count}{SPACE}mois"
    years, rest = divmod(count, 12)
    text = f"{years}{SPACE}{plural(years, 'an')}"
    if rest == 6:
        return f"{text} et demi"
    return f"{text} et {rest}{SPACE}mois" if rest else text


def every(months_: int) -> str:
    """A period: « chaque mois », « tous les 2 mois », « chaque année », « tous les 3 ans »."""
    if months_ == 1:
        return "chaque mois"
    return "chaque année" if months_ == 12 else f"tous les {months(months_)}"


def days(count: int) -> str:
    """« 1 jour », « 23 jours », « 1 200 jours »."""
    return counted(count, "jour")


def since_days(count: int) -> str:
    """How long something has been late, in short: « depuis 12 j », « depuis 9 mois », « depuis aujourd'hui »."""
    if count <= 0:
        return "depuis aujourd'hui"
    return f"depuis {number(count)}{SPACE}j" if count <= MOST_DAYS else f"depuis {months(round(count * 12 / 365))}"


def due(day: dt.date, today: dt.date) -> str:
    """A deadline seen from today: « depuis 12 j », « aujourd'hui », « dans 9 j », « dans 7 mois »."""
    left = (day - today).days
    if left == 0:
        return "aujourd'hui"
    if left < 0:
        return since_days(-left)
    return f"dans {number(left)}{SPACE}j" if left <= MOST_DAYS else f"dans {months(round(left * 12 / 365))}"


def ago(day: dt.date, today: dt.date) -> str:
    """« aujourd'hui », « hier », « il y a 12 jours », « il y a 4 mois », « il y a 2 ans », « dans 9 jours »."""
    gone = (today - day).days
    near = {0: "aujourd'hui", 1: "hier", -1: "demain"}
    if gone in near:
        return near[gone]
    if gone < 0:
        return f"dans {_span(today, day)}"
    return f"il y a {_span(day, today)}"


def _span(earlier: dt.date, later: dt.date) -> str:
    elapsed = months_between(earlier, later)
    if elapsed < 2:
        return days((later - earlier).days)
    return months(elapsed) if elapsed < 24 else months(elapsed // 12 * 12)
