from django.urls import path

from lms.people import views

app_name = "people"

urlpatterns = [
    path("session/", views.session, name="session"),
    path("look/", views.look, name="look"),
    path("sign-ins/", views.sign_ins, name="sign_ins"),
    path("kept/<uuid:kept_id>/", views.kept, name="kept"),
    path("kept/<uuid:kept_id>/delete/", views.let_go, name="let_go"),
]
