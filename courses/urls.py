"""The responsible party's course."""

from django.urls import path

from courses.views import activities, learn, media, plan, reading, record, words

app_name = "learn"
urlpatterns = [
    path("", learn.home, name="home"),
    path("modules/<uuid:pk>/", learn.module, name="module"),
    path("modules/<uuid:pk>/attest/", learn.attest, name="attest"),
    path("modules/<uuid:pk>/next/", learn.turn_page, name="turn_page"),
    path("modules/<uuid:pk>/place/", reading.place, name="place"),
    path("modules/<uuid:pk>/way/", reading.way, name="way"),
    path("modules/<uuid:pk>/paper/", reading.on_paper, name="paper"),
    path("media/<uuid:key>/", media.media, name="media"),
    path("media/<uuid:key>/sound/", media.sound, name="media_sound"),
    path("media/<uuid:key>/captions/<slug:language>/", media.captions, name="media_captions"),
    path("plan/", plan.home, name="plan"),
    path("modules/<uuid:pk>/plan/<uuid:block>/", plan.write, name="plan_line"),
    path("record/", record.mine, name="record"),
    path("record/file/", record.take_mine, name="take_record"),
    path("words/", words.leave, name="words"),
    path("words/draft/", words.draft, name="words_draft"),
    path("beat/", learn.beat, name="beat"),
    path("still-shown/<uuid:viewing>/", learn.still_shown, name="still_shown"),
    path("modules/<uuid:pk>/checks/<uuid:block>/", activities.check, name="check"),
    path("modules/<uuid:pk>/checks/<uuid:block>/draft/", activities.check_draft, name="check_draft"),
    path("modules/<uuid:pk>/reflections/<uuid:block>/", activities.reflection, name="reflection"),
    path("modules/<uuid:pk>/reflections/<uuid:block>/draft/", activities.reflection_draft, name="reflection_draft"),
    path("modules/<uuid:pk>/scenarios/<uuid:block>/", activities.scenario, name="scenario"),
]
