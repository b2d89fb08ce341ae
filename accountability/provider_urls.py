"""The page of somebody who confirms a commitment: a signed link, no account."""

from django.urls import path

from accountability.views import provider

app_name = "provider"
urlpatterns = [path("<str:token>/", provider.confirm, name="confirm")]
