from django.urls import path

from court_reports.views import schemas

app_name = "report_schemas"
urlpatterns = [
    path("", schemas.index, name="index"),
    path("<str:name>", schemas.schema, name="schema"),
]
