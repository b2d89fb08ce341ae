from django.urls import path

from court_reports.views import hearings

app_name = "court_hearings"
urlpatterns = [
    path("", hearings.month, name="month"),
    path("calendar/", hearings.open_feed, name="open_feed"),
    path("calendar/off/", hearings.close_feed, name="close_feed"),
]
