# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.resources import views, views_convergence, views_offers

app_name = "resources"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("exporter/<slug:kind>/", views.export, name="export"),
    path("partage/", views.freed, name="freed"),
    path("convergence/", views_convergence.convergence, name="convergence"),
    path("trajectoire/", views_convergence.trajectory, name="trajectory"),
    path("convergence/<slug:step>/", views_convergence.step, name="step"),
    path("offres/", views_offers.offers, name="offers"),
    path("offres/ajouter/", views_offers.edit_offer, name="add_offer"),
    path("offres/<int:offer_id>/", views_offers.edit_offer, name="edit_offer"),
    path("offres/<int:offer_id>/retablir/", views_offers.restore_offer, name="restore_offer"),
    path("offres/<int:offer_id>/proposer/<int:need_id>/", views_offers.propose, name="propose"),
    path("demandes/ajouter/", views_offers.edit_need, name="add_need"),
    path("demandes/<int:need_id>/", views_offers.need, name="need"),
    path("demandes/<int:need_id>/modifier/", views_offers.edit_need, name="edit_need"),
    path("demandes/<int:need_id>/clore/", views_offers.close_need, name="close_need"),
    path("demandes/<int:need_id>/demander/<int:offer_id>/", views_offers.ask, name="ask"),
    path("propositions/<int:pairing_id>/", views_offers.answer, name="answer"),
]
