"""The words for what the course records."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from courses.credited import SEALED
from courses.labels import LANGUAGES_IN_WORDS, REASONS, REQUIREMENTS
from courses.models import Attestation
from courses.models.identity import Purpose
from courses.models.waivers import WaiverReason
from lms.referrals.event_words import Coded, Fact, Reader, coded, moment, plain, register, register_fields, yes_or_no
from lms.referrals.journal_words import PROOFS
from lms.referrals.models import LANGUAGES

ATTESTED = Coded({Attestation.MODULE: _("before a module"), Attestation.FINAL: _("before the last check")})
FORMS = [("pdf", _("PDF")), ("csv", _("table (CSV)")), ("xapi", _("statements (xAPI)"))]
FORMATS = [("gift", "Moodle GIFT"), ("xml", "Moodle XML")]
# Where a story that was taken back was still found (courses.actions.withdrawal.afterward.look_again).
PLACES = Coded({
    "page": _("a page that readers see"),
    "revision": _("a version of a module"),
    "draft": _("a draft"),
    "form": _("a form that somebody was typing in"),
    "file": _("a picture, recording or handout"),
    "copy": _("other words that repeat it"),
})  # fmt: skip


def register_all() -> None:
    """Called when the apps are ready."""
    register("check.", number=Fact(_("attempt"), plain), passed=Fact(_("passed"), yes_or_no))
    register("module.", position=Fact(_("module number"), plain))
    register(SEALED, seconds=Fact(_("seconds credited so far"), plain), stretches=Fact(_("stretches of time"), plain))
    register(SEALED, digest=Fact(_("digest of the stretches"), _digest))
    register("scenario.", position=Fact(_("module number"), plain))
    register("check.", position=Fact(_("module number"), plain))
    register("module.", met_at=Fact(_("everything was met since"), moment))
    register("course.", met_at=Fact(_("everything was met since"), moment))
    register("course.", edition=Fact(_("edition"), plain), kind=Fact(_("when"), ATTESTED))
    register("course.", proved_by=Fact(_("proved by"), PROOFS), proved_at=Fact(_("proved at"), moment))
    register("waiver.", position=Fact(_("module number"), plain), requirement=Fact(_("what"), Coded(REQUIREMENTS)))
    register("waiver.", reason=Fact(_("reason"), coded(WaiverReason.choices)))
    register("consent.", version=Fact(_("version of the text"), plain), digest=Fact(_("digest of the text"), _digest))
    register("story.", days=Fact(_("days for which its words are kept sealed"), plain))
    register("story.", by_link=Fact(_("with the link, without signing in"), yes_or_no))
    register("story.", places=Fact(_("where"), _places))
    register("identity.", purpose=Fact(_("what for"), coded(Purpose.choices)))
    register("edition.", number=Fact(_("edition"), plain), modules=Fact(_("modules changed"), plain))
    register("edition.", stopped=Fact(_("languages in which nobody new begins"), _languages))
    register("story.", hours=Fact(_("hours in which its author can stop it"), plain))
    register("course.", instead=Fact(_("begun in another language, as the person chose"), _instead))
    register("translation.", language=Fact(_("language"), coded(LANGUAGES)))
    register("translation.", waiting=Fact(_("parts that wait"), plain))
    register("question.", added=Fact(_("questions added"), plain), refused=Fact(_("questions refused"), plain))
    register("question.", left=Fact(_("questions left as they were"), plain), questions=Fact(_("questions"), plain))
    register("question.", language=Fact(_("language"), coded(LANGUAGES)), form=Fact(_("format"), coded(FORMATS)))
    register("program.", questions=Fact(_("questions"), plain))
    register("record.", form=Fact(_("format"), coded(FORMS)))
    register("roster.", people=Fact(_("people"), plain))
    register("words.", reason=Fact(_("why"), Coded(REASONS)))
    register_fields("courses.question", choices=Fact(_("Choices"), plain))


def _places(value: Any, reader: Reader) -> str:
    return "; ".join(PLACES(one, reader) for one in value)


def _instead(value: Any, reader: Reader) -> str:
    return str(LANGUAGES_IN_WORDS[value]) if value else str(_("no"))


def _languages(value: Any, reader: Reader) -> str:
    return ", ".join(str(LANGUAGES_IN_WORDS[code]) for code in value) or str(_("none"))


def _digest(value: Any, reader: Reader) -> str:
    """Its beginning, in groups: enough to compare with the ledger by eye."""
    return f"{value[:4]} {value[4:8]} {value[8:12]} …" if value else str(_("none"))
