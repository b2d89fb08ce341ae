from django.urls import path

from court_reports.views import heads, verify

app_name = "verify"
urlpatterns = [
    path("", verify.verify, name="check"),
    path("proof/", verify.proof, name="proof"),
    path("offline/", verify.offline, name="offline"),
    path("amends_verify.html", verify.to_keep, name="to_keep"),
    path("amends_verify.py", verify.stand_alone, name="stand_alone"),
    path("authorities.pem", verify.authorities, name="authorities"),
    path("register/", heads.register, name="register"),
    path("register/heads.jsonl", heads.file, name="heads"),
    path("register/mail/<str:token>/", heads.mail, name="mail"),
]
