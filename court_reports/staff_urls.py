from django.urls import path

from court_reports.views import owed, release, revoking, staff_delivery

app_name = "reports_staff"
urlpatterns = [
    path("", release.reports, name="list"),
    path("owed/", owed.owed, name="owed"),
    path("new/<uuid:referral>/", release.start, name="start"),
    path("<uuid:pk>/", release.report, name="report"),
    path("<uuid:pk>/file/", release.file, name="file"),
    path("<uuid:pk>/refresh/", release.refresh, name="refresh"),
    path("<uuid:pk>/discard/", release.discard, name="discard"),
    path("<uuid:pk>/release/", release.let_go, name="release"),
    path("<uuid:pk>/pack/", staff_delivery.pack, name="pack"),
    path("<uuid:pk>/handed-over/", staff_delivery.hand_over, name="hand_over"),
    path("<uuid:pk>/link/", staff_delivery.send_link, name="send_link"),
    path("<uuid:pk>/told/", staff_delivery.told, name="told"),
    path("<uuid:pk>/correct/", release.correct, name="correct"),
    path("<uuid:pk>/revoke/", revoking.revoke, name="revoke"),
    path("revocations/<uuid:pk>/", revoking.revocation, name="revocation"),
    path("revocations/<uuid:pk>/confirm/", revoking.confirm, name="confirm_revocation"),
    path("revocations/<uuid:pk>/withdraw/", revoking.withdraw, name="withdraw_revocation"),
]
