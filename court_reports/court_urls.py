from django.urls import path

from court_reports.views import court_pack, portal

app_name = "reports_court"
urlpatterns = [
    path("", portal.reports, name="list"),
    path("pack/", portal.pack, name="pack"),
    path("of/<uuid:pk>/", portal.of_case, name="of_case"),
    path("<uuid:pk>/", portal.download, name="download"),
    path("<uuid:pk>/filing/", portal.filing_copy, name="filing_copy"),
    path("<uuid:pk>/by-hand/", court_pack.pack, name="by_hand"),
    path("<uuid:pk>/acknowledge/", portal.acknowledge, name="acknowledge"),
]
