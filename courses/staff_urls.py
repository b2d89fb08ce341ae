"""Reading reflections, and words for the authors; who an author is."""

from django.urls import path

from courses.views import facilitate, identities, words

app_name = "courses_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("reflections/<uuid:pk>/", facilitate.reflection, name="reflection"),
    path("words/", words.queue, name="words"),
    path("words/<uuid:pk>/", words.decide, name="words_decide"),
    path("words/<uuid:pk>/threat/", words.threat, name="words_threat"),
    path("identities/", identities.kept, name="identities"),
    path("identities/<uuid:pk>/", identities.one, name="identity"),
]
