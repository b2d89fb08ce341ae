from django.urls import path

from court_reports.views import link

app_name = "court_link"
urlpatterns = [
    path("<str:token>/", link.report, name="report"),
    path("<str:token>/file/", link.file, name="file"),
    path("<str:token>/received/", link.acknowledge, name="acknowledge"),
    path("<str:token>/again/", link.again, name="again"),
]
