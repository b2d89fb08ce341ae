"""The roster of a course, and what staff takes along."""

from django.urls import path

from courses.views import record, roster

app_name = "roster"
urlpatterns = [
    path("", roster.roster, name="list"),
    path("cohorts/", roster.cohorts, name="cohorts"),
    path("file/", roster.take, name="take"),
    path("records/<uuid:pk>/", record.of_case, name="record"),
    path("records/<uuid:pk>/file/", record.take_of_case, name="take_record"),
]
