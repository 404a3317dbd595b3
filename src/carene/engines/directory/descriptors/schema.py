# SPDX-License-Identifier: EUPL-1.2
"""GUIDs → what they name: from the schema that was collected, completed by what every directory has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines.directory.model import Collection
from carene.engines.directory.wellknown import ATTRIBUTES, CLASSES, PROPERTY_SETS


@dataclass(frozen=True)
class Schema:
    attributes: Mapping[str, frozenset[str]]  # GUID of an attribute or of a set of properties → names of attributes
    classes: Mapping[str, str]  # GUID → name
    collected: bool  # False: sets of properties are those of Windows, whatever was added to the schema

    @classmethod
    def of(cls, collection: Collection) -> Schema:
        attributes: dict[str, set[str]] = {guid: {name} for guid, name in ATTRIBUTES.items()}
        classes = dict(CLASSES)
        names = collection.values.get("ldapdisplayname", {})
        sets = collection.values.get("attributesecurityguid", {})
        for index, guid in collection.having("schemaidguid"):
            name = str(names.get(index, collection.objects.name[index])).lower()
            if collection.objects.classes[collection.objects.structural[index]] == "classschema":
                classes[guid] = name
                continue
            attributes.setdefault(guid, set()).add(name)
            if index in sets:
                attributes.setdefault(sets[index], set()).add(name)
        collected = bool(sets)
        if not collected:
            for guid, held in PROPERTY_SETS.items():
                attributes.setdefault(guid, set()).update(held)
        return cls({guid: frozenset(held) for guid, held in attributes.items()}, classes, collected)
