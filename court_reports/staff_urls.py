from django.urls import path

from court_reports.views import release

app_name = "reports_staff"
urlpatterns = [
    path("", release.reports, name="list"),
    path("new/<uuid:referral>/", release.start, name="start"),
    path("<uuid:pk>/", release.report, name="report"),
    path("<uuid:pk>/file/", release.file, name="file"),
    path("<uuid:pk>/refresh/", release.refresh, name="refresh"),
    path("<uuid:pk>/discard/", release.discard, name="discard"),
    path("<uuid:pk>/release/", release.let_go, name="release"),
    path("<uuid:pk>/correct/", release.correct, name="correct"),
]
