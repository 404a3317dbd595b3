# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.campaigns import views, views_changes

app_name = "campaigns"
ONE = "<int:campaign_id>/"
WHO = f"{ONE}participants/<int:participant_id>/"
urlpatterns = [
    path("", views.listing, name="list"),
    path("nouvelle/", views_changes.new, name="new"),
    path(ONE, views.campaign, name="campaign"),
    path(f"{ONE}resultats/", views.results, name="results"),
    path(f"{ONE}exporter/<slug:kind>/", views.export, name="export"),
    path(f"{ONE}calendrier.ics", views.dates, name="dates"),
    path(f"{ONE}modifier/", views_changes.edit, name="edit"),
    path(f"{ONE}ouvrir/", views_changes.launch, name="launch"),
    path(f"{ONE}clore/", views_changes.close, name="close"),
    path(f"{ONE}rouvrir/", views_changes.reopen, name="reopen"),
    path(f"{ONE}retirer/", views_changes.remove, name="remove"),
    path(f"{ONE}ajouter/", views_changes.welcome, name="welcome"),
    path(f"{ONE}ecarter/", views_changes.set_aside, name="set_aside"),
    path(f"{ONE}ecrire/", views_changes.say, name="say"),
    path(f"{ONE}repondre/", views_changes.answer, name="answer"),
    path(WHO, views.participant, name="participant"),
    path(f"{WHO}prolonger/", views_changes.extend, name="extend"),
    path(f"{WHO}ecarter/", views_changes.exclude, name="exclude"),
    path(f"{WHO}reprendre/", views_changes.include, name="include"),
    path(f"{WHO}ecrire/", views_changes.say, name="say_to"),
]
