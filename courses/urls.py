"""The responsible party's course."""

from django.urls import path

from courses.views import activities, learn

app_name = "learn"
urlpatterns = [
    path("", learn.home, name="home"),
    path("modules/<uuid:pk>/", learn.module, name="module"),
    path("modules/<uuid:pk>/attest/", learn.attest, name="attest"),
    path("modules/<uuid:pk>/next/", learn.turn_page, name="turn_page"),
    path("beat/", learn.beat, name="beat"),
    path("modules/<uuid:pk>/checks/<uuid:block>/", activities.check, name="check"),
    path("modules/<uuid:pk>/reflections/<uuid:block>/", activities.reflection, name="reflection"),
    path("modules/<uuid:pk>/reflections/<uuid:block>/draft/", activities.reflection_draft, name="reflection_draft"),
    path("modules/<uuid:pk>/scenarios/<uuid:block>/", activities.scenario, name="scenario"),
]
