from django.urls import path

from court_reports.views import tokens

app_name = "court_tokens"
urlpatterns = [
    path("", tokens.tokens, name="list"),
    path("<uuid:pk>/revoke/", tokens.revoke, name="revoke"),
]
