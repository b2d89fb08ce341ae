from django.urls import path

from court_reports.views import person

app_name = "my_reports"
urlpatterns = [
    path("", person.reports, name="list"),
    path("<uuid:pk>/", person.download, name="download"),
    path("<uuid:pk>/copy/", person.copy, name="copy"),
    path("<uuid:pk>/answer/", person.answer, name="answer"),
    path("<uuid:pk>/draft/", person.draft_file, name="draft_file"),
]
