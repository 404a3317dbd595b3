# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.funding.views import circuit, items, overview, parts, rules

app_name = "funding"
FILE = "dossiers/<int:application_id>/"
RULES = "domaines/<slug:domain>/reglages/"
urlpatterns = [
    path("", overview.listing, name="list"),
    path("exporter/<slug:kind>/", overview.export, name="export"),
    path("domaines/<slug:domain>/", overview.domain_page, name="domain"),
    path("domaines/<slug:domain>/candidater/", overview.start, name="start"),
    path(RULES, rules.page, name="rules"),
    path(f"{RULES}plafonds/<int:ceiling_id>/retirer/", rules.remove_ceiling, name="remove_ceiling"),
    path(f"{RULES}<int:setting_id>/retirer/", rules.remove_setting, name="remove_setting"),
    path(FILE, overview.application, name="application"),
    path(f"{FILE}manques/", overview.missing, name="missing"),
    path(f"{FILE}avancer/<slug:move>/", circuit.move, name="move"),
    path(f"{FILE}hors-delai/", circuit.waive, name="waive"),
    path(f"{FILE}membres/", parts.members, name="members"),
    path(f"{FILE}depenses/", parts.expense, name="expense"),
    path(f"{FILE}depenses/<int:expense_id>/retirer/", parts.remove_expense, name="remove_expense"),
    path(f"{FILE}effectif/", parts.measure, name="measure"),
    path(f"{FILE}points/<str:item>/", items.item_page, name="item"),
    path(f"{FILE}points/<str:item>/joindre/", items.attach, name="attach"),
    path(f"{FILE}points/<str:item>/decider/", circuit.decide, name="decide"),
    path(f"{FILE}pieces/<int:document_id>/", items.download, name="download"),
    path(f"{FILE}pieces/<int:document_id>/retirer/", items.detach, name="detach"),
]
