"""The responsible party's check-ins."""

from django.urls import path

from accountability.views import answering, excusals, receipts, responses, schedule

app_name = "check_ins"
urlpatterns = [
    path("", schedule.home, name="home"),
    path("calendar/renew/", schedule.renew_feed, name="renew_feed"),
    path("calendar/off/", schedule.turn_off_feed, name="turn_off_feed"),
    path("feed/<str:key>.ics", schedule.feed, name="feed"),
    path("<uuid:pk>/", answering.answer, name="answer"),
    path("<uuid:pk>/draft/", answering.save_draft, name="draft"),
    path("<uuid:pk>/help/", answering.help_asked, name="help"),
    path("<uuid:pk>/tried/", answering.tried, name="tried"),
    path("<uuid:pk>/receipt/", receipts.receipt, name="receipt"),
    path("<uuid:pk>/excusal/", excusals.ask, name="excusal_ask"),
    path("excusals/<uuid:pk>/", excusals.excusal, name="excusal"),
    path("excusals/<uuid:pk>/withdraw/", excusals.withdraw, name="excusal_withdraw"),
    path("excusals/<uuid:pk>/appeal/", excusals.appeal, name="excusal_appeal"),
    path("excusals/files/<uuid:pk>/", excusals.file, name="excusal_file"),
    path("steps/<uuid:pk>/", responses.step, name="response"),
]
