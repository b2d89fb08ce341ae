from django.urls import path

from court_reports.views import verify

app_name = "verify"
urlpatterns = [path("", verify.verify, name="check")]
