# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.roadmaps.views import carrying, catalogue, overview, planning, scenarios

app_name = "roadmaps"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("scenarios/", scenarios.listing, name="scenarios"),
    path("scenarios/comparer/", scenarios.compare, name="compare"),
    path("scenarios/nouveau/", scenarios.create, name="scenario_new"),
    path("scenarios/<int:pk>/", planning.scenario, name="scenario"),
    path("scenarios/<int:pk>/moyens/", scenarios.means, name="scenario_means"),
    path("scenarios/<int:pk>/dupliquer/", scenarios.duplicate, name="scenario_duplicate"),
    path("scenarios/<int:pk>/renommer/", scenarios.rename, name="scenario_rename"),
    path("scenarios/<int:pk>/supprimer/", scenarios.delete, name="scenario_delete"),
    path("scenarios/<int:pk>/retablir/", scenarios.restore, name="scenario_restore"),
    path("scenarios/<int:pk>/recalculer/", planning.recompute, name="scenario_recompute"),
    path("scenarios/<int:pk>/annuler/", planning.undo, name="scenario_undo"),
    path("scenarios/<int:pk>/adopter/", planning.adopt, name="adopt"),
    path("scenarios/<int:pk>/mesures/<str:measure_id>/", planning.measure, name="scenario_measure"),
    path("scenarios/<int:pk>/mesures/<str:measure_id>/forcer/", planning.force, name="scenario_force"),
    path("scenarios/<int:pk>/mesures/<str:measure_id>/liberer/", planning.release, name="scenario_release"),
    path("scenarios/<int:pk>/mesures/<str:measure_id>/estimation/", planning.estimate, name="scenario_estimate"),
    path("actions/nouvelle/", carrying.create, name="action_new"),
    path("actions/<int:pk>/", carrying.action, name="action"),
    path("actions/<int:pk>/commencer/", carrying.start, name="action_start"),
    path("actions/<int:pk>/terminer/", carrying.finish, name="action_finish"),
    path("actions/<int:pk>/abandonner/", carrying.drop, name="action_drop"),
    path("actions/<int:pk>/rouvrir/", carrying.reopen, name="action_reopen"),
    path("actions/<int:pk>/commenter/", carrying.comment, name="action_comment"),
    path("catalogue/", catalogue.listing, name="catalogue"),
    path("catalogue/<str:measure_id>/", catalogue.measure, name="measure"),
]
