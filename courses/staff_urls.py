"""Reading reflections."""

from django.urls import path

from courses.views import facilitate

app_name = "courses_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("reflections/<uuid:pk>/", facilitate.reflection, name="reflection"),
]
