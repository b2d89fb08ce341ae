"""The facilitator's side of a track."""

from django.urls import path

from accountability.views import facilitate

app_name = "track_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("check-ins/<uuid:pk>/", facilitate.check_in, name="check_in"),
    path("check-ins/<uuid:pk>/review/", facilitate.review, name="review"),
    path("check-ins/<uuid:pk>/excuse/", facilitate.excuse, name="excuse"),
    path("check-ins/<uuid:pk>/record/", facilitate.record, name="record"),
    path("check-ins/<uuid:pk>/helped/", facilitate.helped, name="helped"),
    path("<uuid:pk>/toll/", facilitate.toll, name="toll"),
    path("<uuid:pk>/extend/", facilitate.extend, name="extend"),
    path("<uuid:pk>/commitments/", facilitate.add_commitment, name="add_commitment"),
    path("commitments/<uuid:pk>/verify/", facilitate.verify_commitment, name="verify_commitment"),
]
