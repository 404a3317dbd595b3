# SPDX-License-Identifier: EUPL-1.2
"""What is said to a user whose file or value cannot be used."""

from __future__ import annotations


class InputError(Exception):
    """Input that cannot be used, said in one French sentence: what, where, what to do.

    ``what`` and ``remedy`` are sentences without their final full stop; ``where`` is a place such as
    ``"criteria/GOV.1.yaml, ligne 12"`` or ``"feuille Réponses, cellule D14"``. Nothing was changed when it is raised.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        place = f"{self.where} : " if self.where else ""
        todo = f" ; {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{todo}."


class InputErrors(InputError):
    """Several errors of one file, found in one reading; the sentence counts them, ``errors`` lists them all."""

    def __init__(self, errors: list[InputError]) -> None:
        self.errors = errors
        first = errors[0]
        if len(errors) == 1:
            super().__init__(first.what, where=first.where, remedy=first.remedy)
        else:
            super().__init__(f"{len(errors)} erreurs, dont la première : {first.sentence.rstrip('.')}")
