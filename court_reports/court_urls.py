from django.urls import path

from court_reports.views import portal

app_name = "reports_court"
urlpatterns = [
    path("", portal.reports, name="list"),
    path("<uuid:pk>/", portal.download, name="download"),
    path("<uuid:pk>/filing/", portal.filing_copy, name="filing_copy"),
    path("<uuid:pk>/acknowledge/", portal.acknowledge, name="acknowledge"),
]
