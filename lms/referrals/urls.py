"""Addresses of cases: home, invitations, the caseload, the court portal."""

from django.urls import path

from lms.referrals.views import agreements, caseload, court, invitations

app_name = "referrals"
urlpatterns = [
    path("invitations/<str:token>/", invitations.accept, name="invitation"),
    path("agreements/", agreements.read_and_accept, name="agreements"),
    path("facilitate/", caseload.caseload, name="caseload"),
    path("facilitate/cases/<uuid:pk>/", caseload.case, name="case"),
    path("facilitate/cases/<uuid:pk>/invite/", caseload.invite, name="invite"),
    path("facilitate/cases/<uuid:pk>/assign/", caseload.assign, name="assign"),
    path("facilitate/cases/<uuid:pk>/hearings/", caseload.add_hearing, name="add_hearing"),
    path("facilitate/hearings/<uuid:pk>/cancel/", caseload.cancel_hearing, name="cancel_hearing"),
    path("facilitate/messages/<uuid:pk>/settled/", caseload.message_settled, name="message_settled"),
    path("facilitate/messages/<uuid:pk>/again/", caseload.message_again, name="message_again"),
    path("court/", court.referrals, name="court_home"),
    path("court/refer/", court.refer, name="refer"),
    path("court/refer/file/", court.refer_by_file, name="refer_by_file"),
    path("court/refer/file/template.csv", court.file_template, name="file_template"),
    path("court/referrals/<uuid:pk>/", court.referral, name="court_referral"),
]
