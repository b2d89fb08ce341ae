from django.urls import path

from lms.keeping.views import staff

app_name = "keeping"

urlpatterns = [
    path("", staff.home, name="home"),
    path("cases/<uuid:pk>/", staff.case, name="case"),
    path("cases/<uuid:pk>/propose/", staff.propose, name="propose"),
    path("cases/<uuid:pk>/hold/", staff.hold, name="hold"),
    path("cases/<uuid:pk>/demand/", staff.demand, name="demand"),
    path("demands/<uuid:pk>/", staff.decide_demand, name="decide_demand"),
    path("holds/<uuid:pk>/lift/", staff.lift, name="lift"),
    path("copies/<uuid:pk>/release/", staff.release_copy, name="release_copy"),
    path("<uuid:pk>/", staff.proposal, name="proposal"),
    path("<uuid:pk>/order/", staff.order, name="order"),
    path("<uuid:pk>/confirm/", staff.confirm, name="confirm"),
    path("<uuid:pk>/withdraw/", staff.withdraw, name="withdraw"),
    path("<uuid:pk>/certificate.pdf", staff.certificate, name="certificate"),
]
