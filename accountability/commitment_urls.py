"""What the responsible party undertook."""

from django.urls import path

from accountability.views import my_commitments

app_name = "commitments"
urlpatterns = [
    path("", my_commitments.home, name="home"),
    path("<uuid:pk>/", my_commitments.commitment, name="commitment"),
    path("<uuid:pk>/agree/", my_commitments.agree, name="agree"),
    path("<uuid:pk>/evidence/", my_commitments.send_evidence, name="send_evidence"),
    path("evidence/<uuid:pk>/", my_commitments.evidence_file, name="evidence"),
    path("providers/<uuid:pk>/", my_commitments.decide_provider, name="decide_provider"),
]
