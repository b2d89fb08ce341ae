"""The responsible party's check-ins."""

from django.urls import path

from accountability.views import check_ins

app_name = "check_ins"
urlpatterns = [
    path("", check_ins.home, name="home"),
    path("calendar/renew/", check_ins.renew_feed, name="renew_feed"),
    path("feed/<str:key>.ics", check_ins.feed, name="feed"),
    path("<uuid:pk>/", check_ins.answer, name="answer"),
    path("<uuid:pk>/draft/", check_ins.save_draft, name="draft"),
    path("<uuid:pk>/receipt/", check_ins.receipt, name="receipt"),
]
