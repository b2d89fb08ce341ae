"""The facilitator's side of a track."""

from django.urls import path

from accountability.views import facilitate, overrides

app_name = "track_staff"
urlpatterns = [
    path("", facilitate.queue, name="queue"),
    path("check-ins/<uuid:pk>/", facilitate.check_in, name="check_in"),
    path("check-ins/<uuid:pk>/review/", facilitate.review, name="review"),
    path("check-ins/<uuid:pk>/excuse/", overrides.excuse, name="excuse"),
    path("check-ins/<uuid:pk>/record/", facilitate.record, name="record"),
    path("check-ins/<uuid:pk>/helped/", facilitate.helped, name="helped"),
    path("overrides/<uuid:pk>/", overrides.override, name="override"),
    path("overrides/<uuid:pk>/confirm/", overrides.confirm_override, name="confirm_override"),
    path("overrides/<uuid:pk>/withdraw/", overrides.withdraw_override, name="withdraw_override"),
    path("<uuid:pk>/toll/", overrides.toll, name="toll"),
    path("<uuid:pk>/extend/", overrides.extend, name="extend"),
    path("<uuid:pk>/commitments/", facilitate.add_commitment, name="add_commitment"),
    path("commitments/<uuid:pk>/verify/", facilitate.verify_commitment, name="verify_commitment"),
]
