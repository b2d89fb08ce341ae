"""Addresses of the caseload, of notes and of attempts to reach somebody."""

from django.urls import path

from lms.casework.views import contacts, notes, people, timeline

app_name = "casework"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/views/", people.save_view, name="save_view"),
    path("people/views/<uuid:pk>/delete/", people.forget_view, name="forget_view"),
    path("cases/<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("cases/<uuid:pk>/contact/", contacts.contact, name="contact"),
    path("cases/<uuid:pk>/notes/<str:kind>/", notes.write, name="write_note"),
    path("notes/<uuid:pk>/correct/", notes.correct, name="correct_note"),
]
