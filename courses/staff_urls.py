"""Reading reflections, and words for the authors; who an author is; the roster, and what is taken along."""

from django.urls import path

from courses.views import facilitate, identities, record, roster, words

app_name = "courses_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("reflections/<uuid:pk>/", facilitate.reflection, name="reflection"),
    path("words/", words.queue, name="words"),
    path("words/<uuid:pk>/", words.decide, name="words_decide"),
    path("words/<uuid:pk>/threat/", words.threat, name="words_threat"),
    path("roster/", roster.roster, name="roster"),
    path("roster/cohorts/", roster.cohorts, name="cohorts"),
    path("roster/file/", roster.take, name="take_roster"),
    path("records/<uuid:pk>/", record.of_case, name="record"),
    path("records/<uuid:pk>/<slug:form>/", record.take_of_case, name="take_record"),
    path("identities/", identities.kept, name="identities"),
    path("identities/<uuid:pk>/", identities.one, name="identity"),
]
