"""``/``: the public home, or what is next for whoever is signed in."""

from django.urls import path

from lms.referrals.views import home

urlpatterns = [path("", home.home, name="home")]
