"""The facilitator's circles."""

from django.urls import path

from accountability.views import circles

app_name = "circles"
urlpatterns = [
    path("", circles.home, name="home"),
    path("new/", circles.new, name="new"),
    path("<uuid:pk>/", circles.circle, name="circle"),
    path("<uuid:pk>/people/", circles.add_person, name="add_person"),
    path("<uuid:pk>/helpers/", circles.add_helper, name="add_helper"),
    path("<uuid:pk>/hand-over/", circles.hand_over, name="hand_over"),
    path("<uuid:pk>/end/", circles.end, name="end"),
    path("people/<uuid:pk>/leave/", circles.person_leaves, name="person_leaves"),
    path("helpers/<uuid:pk>/leave/", circles.helper_leaves, name="helper_leaves"),
    path("meetings/<uuid:pk>/", circles.meeting, name="meeting"),
    path("meetings/<uuid:pk>/attendance/", circles.attendance, name="attendance"),
    path("meetings/<uuid:pk>/minutes/", circles.minutes, name="minutes"),
    path("meetings/<uuid:pk>/move/", circles.move, name="move"),
    path("meetings/<uuid:pk>/cancel/", circles.cancel, name="cancel"),
]
