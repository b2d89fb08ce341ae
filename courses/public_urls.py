"""What somebody who is signed out can do with what is theirs."""

from django.urls import path

from courses.views import mine

app_name = "mine"
urlpatterns = [path("<str:token>/", mine.take_back, name="take_back")]
