# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.assessments.views import (
    decisions,
    frameworks,
    overview,
    question,
    questions,
    review,
    saving,
    sharing,
    start,
)

app_name = "assessments"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("commencer/", overview.start, name="begin"),
    path("mes-questions/", sharing.mine, name="mine"),
    path("propositions/<int:proposal_id>/accepter/", overview.accept, name="accept"),
    path("propositions/<int:proposal_id>/refuser/", overview.refuse, name="refuse"),
    path("referentiels/", frameworks.listing, name="frameworks"),
    path("referentiels/importer/", frameworks.send, name="framework_send"),
    path("referentiels/importer/<int:file_id>/", frameworks.preview, name="framework_preview"),
    path("<int:pk>/demarrage/", start.start, name="start"),
    path("<int:pk>/demarrage/<path:criterion>/", question.start_question, name="start_question"),
    path("<int:pk>/questions/", questions.questions, name="questions"),
    path("<int:pk>/questions/<path:criterion>/", question.question, name="question"),
    path("<int:pk>/niveaux/<slug:digest>/", questions.texts, name="texts"),
    # An imported framework names its criteria as it likes, slashes included: what follows is always last.
    path("<int:pk>/repondre/<path:criterion>/", saving.answer, name="answer"),
    path("<int:pk>/preuve/<path:criterion>/", question.attach, name="attach"),
    path("<int:pk>/confier/", sharing.assign, name="assign"),
    path("<int:pk>/confier/<int:assignment_id>/retirer/", sharing.unassign, name="unassign"),
    path("<int:pk>/bilan/", review.review, name="review"),
    path("<int:pk>/changements/", review.changed, name="changes"),
    path("<int:pk>/validation/", decisions.decide, name="decide"),
    path("<int:pk>/soumettre/", decisions.submit, name="submit"),
    path("<int:pk>/valider/", decisions.validate, name="validate"),
    path("<int:pk>/rouvrir/", decisions.reopen, name="reopen"),
]
