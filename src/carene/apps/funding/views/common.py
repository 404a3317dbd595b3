# SPDX-License-Identifier: EUPL-1.2
"""What the pages of an application begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db import models
from django.http import Http404
from django.utils import timezone

from carene.apps.funding import queries
from carene.apps.funding.dossier import Dossier, Row, read
from carene.apps.funding.models import Application
from carene.apps.organisations.scope import OrganisationRequest
from carene.engines.funding.model import Domain
from carene.engines.sources import InputError


def dossier_of(request: OrganisationRequest, application_id: int) -> Dossier:
    with or_404(Application):
        application = queries.find(request.organisation.node, application_id)
    return read(request.actor, application, timezone.localdate())


@contextmanager
def or_404(model: type[models.Model]) -> Iterator[None]:
    """Where a row that is not of this place is a page that does not exist."""
    try:
        yield
    except model.DoesNotExist as error:  # type: ignore[attr-defined]
        raise Http404 from error


def row_of(dossier: Dossier, item: str) -> Row:
    """404 for an item that does not exist, or that the reader does not see yet."""
    if item not in dossier.rows or item not in dossier.shown:
        raise Http404
    return dossier.rows[item]


def domain_of(request: OrganisationRequest, domain: str) -> Domain:
    try:
        return queries.domain_at(request.organisation.node, domain)
    except LookupError as error:
        raise Http404 from error


def valid(form: forms.Form) -> dict[str, Any]:
    """What a form without a page of its own holds. Raises InputError with the first thing that is wrong."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label or name
        raise InputError(f"{label} : {str(errors[0]).rstrip('.').lower()}", remedy="corriger et recommencer")
    return dict(form.cleaned_data)
