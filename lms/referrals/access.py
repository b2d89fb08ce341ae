"""Who may see and do what with a case (security.md 5)."""

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from lms.journal import belonging
from lms.journal.models import Event
from lms.people.models import Kind, User
from lms.referrals.covers import Cover, HandOver, in_care_of
from lms.referrals.models import (
    Accommodation,
    Court,
    CourtMembership,
    Invitation,
    Program,
    ProgramMembership,
    ProgramRole,
    Referral,
    TransferProposal,
)
from lms.referrals.transfers import left_behind


def referrals_for(user: User) -> QuerySet[Referral]:
    """The cases this person may open, ready for a list."""
    return Referral.objects.visible_to(user).select_related("court", "program", "facilitator", "policy")


def accommodations_for(user: User) -> QuerySet[Accommodation]:
    """What was agreed in the cases this person may open."""
    cases = Referral.objects.visible_to(user).order_by()
    return Accommodation.objects.filter(referral__in=cases).select_related("referral")


def courts_of(user: User) -> QuerySet[Court]:
    """The courts a court user speaks for."""
    return Court.objects.filter(memberships__user=user)


def programs_of(user: User, *roles: str) -> QuerySet[Program]:
    """The programs in which this person holds one of ``roles`` (any role, when none is named)."""
    held = ProgramMembership.objects.filter(user=user)
    if roles:
        held = held.filter(role__in=roles)
    return Program.objects.filter(pk__in=held.values("program"))


def facilitators_of(program: Program) -> QuerySet[User]:
    """Who may take a case of this program."""
    return User.objects.filter(
        is_active=True,
        program_memberships__program=program,
        program_memberships__role=ProgramRole.FACILITATOR,
    ).distinct()


def is_administrator(user: User, program: Program) -> bool:
    """Whether this person administers this program."""
    return ProgramMembership.objects.filter(user=user, program=program, role=ProgramRole.ADMINISTRATOR).exists()


def acting_referral(user: User) -> Referral | None:
    """A responsible party's own open case (the newest; one case is the rule)."""
    return referrals_for(user).filter(person=user).order_by("-received_at").first()


def zone_of(user: User) -> str:
    """Where this person's days begin: what they chose, else their case's zone, their court's, or that of most courts
    which refer to their programs; else nothing."""
    if user.zone:
        return user.zone
    case = acting_referral(user)
    if case is not None:
        return str(case.time_zone)
    court = courts_of(user).first()
    return court.zone if court else _zone_of_programs(user)


def _zone_of_programs(user: User) -> str:
    referring = Court.objects.filter(
        Exists(Referral.objects.filter(court=OuterRef("pk"), program__in=programs_of(user)))
    )
    zones = referring.order_by().values_list("zone").annotate(courts=Count("pk")).order_by("-courts", "zone")
    most = zones.first()
    return str(most[0]) if most else ""


def own_caseload(user: User) -> QuerySet[Referral]:
    """The cases this person looks after, as facilitator or cover: narrower than what an administrator may open."""
    return referrals_for(user).filter(in_care_of(user))


def administered(user: User) -> QuerySet[Program]:
    """The programs this person administers."""
    return programs_of(user, ProgramRole.ADMINISTRATOR)


def courts_led(user: User) -> QuerySet[Court]:
    """The courts whose lead this person is (security.md 5: a lead looks after their own court's members)."""
    return Court.objects.filter(memberships__user=user, memberships__lead=True)


def memberships_led(user: User) -> QuerySet[CourtMembership]:
    """The members of those courts."""
    led = CourtMembership.objects.filter(court__in=courts_led(user).order_by())
    return led.select_related("user", "court").order_by("user__last_name", "user__first_name", "user__username")


def courts_served(user: User) -> QuerySet[Court]:
    """The courts whose members somebody may invite and disable: a lead's own; an administrator's, which are those that
    refer to their programs, and those that so far only somebody of their programs brought here."""
    if user.kind == Kind.COURT:
        return courts_led(user)
    refers = Q(pk__in=Referral.objects.filter(program__in=administered(user)).order_by().values("court"))
    invited = Q(pk__in=Invitation.objects.filter(made_by__in=_colleagues(user), court__isnull=False).values("court"))
    return Court.objects.filter(refers | (invited & _without_others(user)))


def courts_offered(user: User) -> QuerySet[Court]:
    """The courts to which an administrator may invite, and whose profile they keep: those their programs serve, and
    those that nobody serves yet. An account of a court reads what it refers to every program."""
    nobodys = Q(invitations=None, memberships=None, referrals=None)
    return Court.objects.filter(nobodys | Q(pk__in=courts_served(user).order_by().values("pk")))


def _colleagues(user: User) -> QuerySet[User]:
    """Who administers the programs that this person administers, themselves included."""
    held = ProgramMembership.objects.filter(program__in=administered(user), role=ProgramRole.ADMINISTRATOR)
    return User.objects.filter(pk__in=held.values("user"))


def _without_others(user: User) -> Q:
    """Courts that refer to nobody else's program, and where only these administrators, and the court itself, invited."""
    here = {"court": OuterRef("pk")}
    invited = Invitation.objects.filter(
        Q(made_by__in=_colleagues(user)) | Q(made_by__kind=Kind.COURT), court__isnull=False
    )
    others = CourtMembership.objects.filter(**here).exclude(user__in=invited.filter(user__isnull=False).values("user"))
    refer = Referral.objects.filter(**here).exclude(program__in=administered(user)).order_by()
    invite = Invitation.objects.filter(**here).exclude(pk__in=invited.values("pk"))
    return Q(~Exists(others), ~Exists(refer), ~Exists(invite))


KEEPERS = (ProgramRole.ADMINISTRATOR, ProgramRole.AUTHOR, ProgramRole.REVIEWER)


def may_keep(user: User, row: Model) -> bool:
    """Whether a court, a program, or what a program keeps, is this person's to write, as it stands in ``row``. What of
    it administrators and authors each write, the permissions of their groups say."""
    if isinstance(row, Court):
        return row._state.adding or courts_offered(user).filter(pk=row.pk).exists()
    if isinstance(row, Program) and row._state.adding:
        return True
    programs = belonging.of(row)
    return bool(programs) and programs <= set(programs_of(user, *KEEPERS).values_list("pk", flat=True))


def team_of(user: User) -> QuerySet[User]:
    """The accounts an administrator or a court lead sees: members of their programs, whoever was one and has no role
    now, and members of the courts these serve."""
    members = ProgramMembership.objects.filter(program__in=administered(user)).values("user")
    of_courts = CourtMembership.objects.filter(court__in=courts_served(user).order_by()).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=of_courts) | Q(pk__in=without_role(user).values("pk")))


def without_role(user: User) -> QuerySet[User]:
    """Accounts that lost their last role in a program this person administers: they can be given another, or closed."""
    programs = [str(pk) for pk in administered(user).values_list("pk", flat=True)]
    taken = Event.objects.filter(kind="role.taken", data__program__in=programs).order_by()
    were = list(taken.values_list("on_id", flat=True).distinct())
    return User.objects.filter(pk__in=were, program_memberships=None, kind__in=(Kind.STAFF, Kind.AUTHOR))


def may_disable(user: User, other: User) -> bool:
    """Whether an account is wholly within what this person answers for: nobody closes another program's door."""
    elsewhere = other.program_memberships.exclude(program__in=administered(user))
    other_courts = other.court_memberships.exclude(court__in=courts_served(user).order_by())
    return not elsewhere.exists() and not other_courts.exists()


def invitations_of(user: User) -> QuerySet[Invitation]:
    """The invitations to a role or a court that this person may send again or take back."""
    return Invitation.objects.filter(
        Q(program__in=administered(user)) | Q(court__in=courts_served(user).order_by()), referral=None
    )


def covers_for(user: User) -> QuerySet[Cover]:
    """Covers that this person may see and end: their own absence, what they cover, and of programs they administer."""
    mine = Q(absent=user) | Q(cover=user) | Q(program__in=administered(user))
    return Cover.objects.filter(mine).select_related("absent", "cover", "program")


def hand_overs_for(user: User) -> QuerySet[HandOver]:
    """Who had a case when, with the notes: for whoever looks after it now."""
    cases = own_caseload(user).order_by()
    found = HandOver.objects.filter(~left_behind("at"), referral__in=cases)
    return found.select_related("from_user", "to_user", "by", "referral")


def transfers_for(user: User) -> QuerySet[TransferProposal]:
    """Proposals that this person may see: of the program that gives a case up, and of the one that is to take it."""
    mine = Q(referral__in=Referral.objects.visible_to(user).order_by()) | Q(to_program__in=administered(user))
    found = TransferProposal.objects.filter(mine, referral__in=Referral.objects.present().order_by())
    if user.kind != Kind.STAFF:
        return found.none()
    return found.select_related("referral__court", "referral__program", "to_program", "proposed_by", "confirmed_by")
