"""Reading reflections."""

from django.urls import path

from courses.views import facilitate, identities

app_name = "courses_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("reflections/<uuid:pk>/", facilitate.reflection, name="reflection"),
    path("identities/", identities.kept, name="identities"),
    path("identities/<uuid:pk>/", identities.one, name="identity"),
]
