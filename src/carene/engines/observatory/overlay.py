# SPDX-License-Identifier: EUPL-1.2
"""What a region or the nation aims at in place of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from carene.engines.observatory.model import Figure, Observatory, Operator, Target
from carene.engines.referential.model import Source

SET = "set:"  # prefix of the sources of what people typed


def aiming(figure: Figure) -> Operator:
    """The side on which a target of this figure stands."""
    if figure.target is not None:
        return figure.target.op
    return ">=" if figure.direction == "higher" else "<="


def overlaid(observatory: Observatory, targets: Mapping[str, tuple[Target, Source]]) -> Observatory:
    """The same figures, those named in ``targets`` with their target; names that nothing follows are passed over."""
    if not targets:
        return observatory
    figures = tuple(
        replace(figure, target=replace(targets[figure.id][0], source=SET + figure.id))
        if figure.id in targets
        else figure
        for figure in observatory.figures
    )
    sources = {**observatory.sources, **{SET + name: source for name, (_, source) in targets.items()}}
    return replace(observatory, figures=figures, sources=sources)
