"""Who may see and do what with a track (security.md 5)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accountability.models import (
    CheckIn,
    Commitment,
    ExcusalDecision,
    ExcusalFile,
    ExcusalRequest,
    Override,
    ResponseStep,
    Track,
)
from accountability.rules.excusal_requests import Standing
from lms.people.models import Kind, User
from lms.referrals.access import administered, is_administrator, referrals_for
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import acts_for, in_care_of
from lms.referrals.models import Program, ProgramMembership, ProgramRole, Referral


def tracks_for(user: User) -> QuerySet[Track]:
    """Tracks of the cases this person may open."""
    return Track.objects.filter(referral__in=Referral.objects.visible_to(user)).select_related(
        "referral__court", "referral__program", "referral__person", "policy"
    )


def check_ins_for(user: User) -> QuerySet[CheckIn]:
    """Check-ins of those tracks."""
    return CheckIn.objects.filter(track__referral__in=Referral.objects.visible_to(user)).select_related(
        "track__referral__court", "track__referral__program", "track__policy"
    )


def words_for(user: User) -> QuerySet[CheckIn]:
    """Check-ins whose *answers* this person may read: the facilitator's own caseload, and whoever covers for them."""
    return check_ins_for(user).filter(in_care_of(user, "track__referral__"))


def commitments_for(user: User) -> QuerySet[Commitment]:
    return Commitment.objects.filter(track__referral__in=referrals_for(user))


def may_decide(user: User, referral: Referral) -> bool:
    """Excuse, toll, extend by one's own word: the facilitator of the case or who covers for them, nobody else."""
    return acts_for(user, referral)


def may_override(user: User, referral: Referral) -> bool:
    """Propose the same in a case that is not theirs, or confirm it: an administrator of the program."""
    return user.is_active and is_administrator(user, referral.program)


def overrides_for(user: User) -> QuerySet[Override]:
    """Proposals about the tracks of those cases."""
    return Override.objects.filter(track__in=tracks_for(user).order_by()).select_related(
        "track__referral__court", "track__referral__program", "check_in", "proposed_by", "confirmed_by"
    )


def excusals_for(user: User) -> QuerySet[ExcusalRequest]:
    """Requests in the cases this person may open: one's own, of the caseload, of one's programs. No court's."""
    if user.kind == Kind.COURT:
        return ExcusalRequest.objects.none()
    cases = Referral.objects.visible_to(user).order_by()
    found = ExcusalRequest.objects.filter(
        Q(check_in__track__referral__in=cases) | Q(pk__in=appeals_elsewhere(user).values("pk"))
    )
    return found.select_related(
        "check_in__track__policy", "check_in__track__referral__court", "check_in__track__referral__program", "appeal"
    ).prefetch_related("decisions__by", "decisions__appeal")


def appeals_elsewhere(user: User) -> QuerySet[ExcusalRequest]:
    """Appeals of another program of the same organization that nobody there can decide: its only administrator decided
    first. Whoever administers a sister program does, as long as it waits, and sees nothing else of the case."""
    mine = administered(user)
    path = "check_in__track__referral__program"
    decided_first = ExcusalDecision.objects.filter(request=OuterRef(OuterRef("pk")), appeal=None).values("by")
    others = ProgramMembership.objects.filter(
        program=OuterRef(path), role=ProgramRole.ADMINISTRATOR, user__is_active=True
    ).exclude(user__in=decided_first)
    waiting = ExcusalRequest.objects.on_appeal().filter(
        ~Exists(others), check_in__track__referral__in=Referral.objects.present().order_by(),
        **{f"{path}__organization__in": mine.exclude(organization="").order_by().values("organization")},
    )  # fmt: skip
    return waiting.exclude(**{f"{path}__in": mine}).order_by()


def who_decides_appeal(row: ExcusalRequest) -> list[User]:
    """Administrators of the program who did not decide first; where there are none, those of sister programs."""
    program, first = row.check_in.track.referral.program, row.decided
    decided = [first.by_id] if first else []
    here = administrators_of(program).exclude(pk__in=decided)
    if here.exists() or not program.organization:
        return list(here)
    sisters = Program.objects.filter(organization=program.organization).exclude(pk=program.pk)
    held = ProgramMembership.objects.filter(program__in=sisters, role=ProgramRole.ADMINISTRATOR)
    found = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return list(found.exclude(pk__in=decided))


def may_decide_appeal(user: User, row: ExcusalRequest) -> bool:
    """Never the person who decided first."""
    return any(somebody.pk == user.pk for somebody in who_decides_appeal(row))


def excusal_files_for(user: User) -> QuerySet[ExcusalFile]:
    """What was shown: the person's own, of whoever looks after the case; and of an administrator who decides the
    appeal, where the person let them see it."""
    cases = Referral.objects.visible_to(user).order_by()
    elsewhere = Q(request__appeal__shows_files=True, request__in=appeals_elsewhere(user).values("pk"))
    found = ExcusalFile.objects.filter(
        elsewhere | Q(request__check_in__track__referral__in=cases), file__destroyed_at=None
    )
    shown = Q(request__appeal__shows_files=True, request__appeal__decision=None) & Q(
        request__check_in__track__referral__program__in=administered(user)
    )
    mine = Q(request__check_in__track__referral__person=user)
    cared = in_care_of(user, "request__check_in__track__referral__")
    return found.filter(mine | cared | shown | elsewhere).select_related("file", "request__check_in__track")


def may_read_request(user: User, row: ExcusalRequest) -> bool:
    """Its words: whoever looks after the case; an administrator, once the person asked them to decide the appeal."""
    referral = row.check_in.track.referral
    if acts_for(user, referral):
        return True
    return row.standing is Standing.ON_APPEAL and (may_override(user, referral) or may_decide_appeal(user, row))


def steps_for(user: User) -> QuerySet[ResponseStep]:
    """Steps of the graduated response in the cases this person may open. No court's."""
    if user.kind == Kind.COURT:
        return ResponseStep.objects.none()
    found = ResponseStep.objects.filter(referral__in=Referral.objects.visible_to(user).order_by())
    return found.select_related("by", "referral__program", "referral__court").prefetch_related("replies")
