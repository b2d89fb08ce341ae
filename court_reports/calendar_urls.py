from django.urls import path

from court_reports.views import hearings

app_name = "hearing_calendar"
urlpatterns = [path("<str:key>.ics", hearings.feed, name="feed")]
