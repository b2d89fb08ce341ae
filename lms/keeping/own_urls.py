from django.urls import path

from lms.keeping.views import own

app_name = "my_copy"

urlpatterns = [
    path("", own.home, name="home"),
    path("<uuid:pk>/ask/", own.ask, name="ask"),
    path("<uuid:pk>/copy.zip", own.file, name="file"),
]
