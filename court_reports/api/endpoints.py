"""The addresses of the interface. Reading is GET; every write is a POST, and may carry an Idempotency-Key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet
from django.forms import CharField
from django.http import HttpResponse
from ninja import Header, Path, Query, Router

from court_reports import proofs, snapshot
from court_reports.actions import deliver
from court_reports.actions.once import AnotherRequest, Answer, once
from court_reports.api import reading, schemas, wire
from court_reports.api.door import Call, opens
from court_reports.api.problems import Refused
from court_reports.court_side import Scope
from lms.referrals import actions
from lms.referrals.forms import ReferralForm
from lms.referrals.models import Court, Hearing, Program, Referral, validate_zone

FURTHEST = timedelta(days=5 * 366)
router = Router()
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 413, 415, 422, 429, 503), schemas.Problem)
WRITES = CONFLICTS = PROBLEMS | {409: schemas.Problem}
Key = Annotated[
    str,
    Header(
        "",
        alias="Idempotency-Key",
        pattern=r"^[!-~]{0,100}$",
        description="Sent again within 24 hours with the same request, it gets the same answer and does nothing more.",
    ),
]
Pk = Annotated[UUID, Path()]


@router.get("/programs", response={200: schemas.Programs, **PROBLEMS}, summary="Programs to refer to")
def programs(request: Call) -> HttpResponse:
    """For any token."""
    return wire.told(reading.programs())


@router.post("/referrals", response={201: schemas.Referral, **WRITES}, summary="Send a referral")
@opens(Scope.REFERRALS_WRITE)
def send_referral(request: Call, body: schemas.ReferralIn, key: Key) -> HttpResponse:
    """Checked by the same form that a clerk fills in. Scope: `referrals:write`."""

    def act() -> Answer:
        form = _form(request, body)
        try:
            row = form.receive(by=request.auth.account, now=request.now)
        except IntegrityError:
            raise _referred_before() from None
        return _answer(201, reading.as_referral(row), row)

    return _effect(request, key, act)


@router.get("/referrals/{uuid:pk}", response={200: schemas.Referral, **PROBLEMS}, summary="How a referral stands")
@opens(Scope.REFERRALS_WRITE, Scope.HEARINGS_WRITE)
def read_referral(request: Call, pk: Pk) -> HttpResponse:
    """Scope: `referrals:write` or `hearings:write`."""
    return wire.told(reading.as_referral(reading.referral(request.auth, pk)))


@router.post("/referrals/{uuid:pk}/hearings", response={201: schemas.Hearing, **WRITES}, summary="Add a hearing")
@opens(Scope.HEARINGS_WRITE)
def add_hearing(request: Call, pk: Pk, body: schemas.HearingIn, key: Key) -> HttpResponse:
    """A report is made before it, by the court's lead time. Scope: `hearings:write`."""

    def act() -> Answer:
        case = actions.locked(reading.referral(request.auth, pk))
        _guard(request, case, body.at)
        made = actions.add_hearing(
            referral=case, at=body.at, kind=body.kind, by=request.auth.account, now=request.now
        )  # fmt: skip
        return _answer(201, reading.as_hearing(made), case)

    return _effect(request, key, act)


@router.post("/hearings/{uuid:pk}/move", response={201: schemas.Hearing, **WRITES}, summary="Move a hearing")
@opens(Scope.HEARINGS_WRITE)
def move_hearing(request: Call, pk: Pk, body: schemas.MoveIn, key: Key) -> HttpResponse:
    """The old date is cancelled and the new one is a hearing of its own, with the id that is answered. Scope:
    `hearings:write`."""

    def act() -> Answer:
        old = _standing(request, pk)
        _guard(request, old.referral, body.at)
        account = request.auth.account
        actions.cancel_hearing(hearing=old, by=account, now=request.now)
        made = actions.add_hearing(referral=old.referral, at=body.at, kind=old.kind, by=account, now=request.now)
        return _answer(201, reading.as_hearing(made), old.referral)

    return _effect(request, key, act)


@router.post("/hearings/{uuid:pk}/cancel", response={200: schemas.Hearing, **WRITES}, summary="Cancel a hearing")
@opens(Scope.HEARINGS_WRITE)
def cancel_hearing(request: Call, pk: Pk, key: Key) -> HttpResponse:
    """It will not take place. Scope: `hearings:write`."""

    def act() -> Answer:
        old = _standing(request, pk)
        gone = actions.cancel_hearing(hearing=old, by=request.auth.account, now=request.now)
        return _answer(200, reading.as_hearing(gone), old.referral)

    return _effect(request, key, act)


@router.get(
    "/reports", response={200: schemas.Reports, **PROBLEMS}, summary="Released reports, and what became of them"
)
@opens(Scope.REPORTS_READ)
def list_reports(
    request: Call,
    after: Annotated[str, Query("0", pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")],
    limit: Annotated[int, Query(50, ge=1, le=100)],
) -> HttpResponse:
    """In the order of the register, the oldest first. A report that was replaced or revoked comes again, with what it is
    now: whoever goes on from `next` learns of it. Scope: `reports:read`."""
    return wire.told(reading.reports(request.auth, after=int(after), limit=limit))


@router.get("/reports/{uuid:pk}", response={200: schemas.Report, **PROBLEMS}, summary="One report")
@opens(Scope.REPORTS_READ)
def read_report(request: Call, pk: Pk) -> HttpResponse:
    """Scope: `reports:read`."""
    return wire.told(reading.as_report(request.auth, reading.release(request.auth, pk)))


@router.get("/reports/{uuid:pk}/facts", response={200: dict[str, Any], **PROBLEMS}, summary="What a report says")
@opens(Scope.REPORTS_READ)
def read_facts(request: Call, pk: Pk) -> HttpResponse:
    """The frozen facts as canonical JSON (RFC 8785), as they are attached to the PDF. On the delivery ledger, as an
    opening of the report. `Report-Status` says whether it still stands, `Report-Superseded-By` and `Report-Supersedes`
    name others by id. Scope: `reports:read`."""
    row = reading.release(request.auth, pk)
    deliver.open_by_court(release=row, by=request.auth.account, now=request.now, original=True, how="api")
    return wire.sent(snapshot.canonical(row.report.facts), "application/json", headers=reading.standing(row))


@router.get("/reports/{uuid:pk}/proof", response={200: dict[str, Any], **CONFLICTS}, summary="What proves a report")
@opens(Scope.REPORTS_READ)
def read_proof(request: Call, pk: Pk) -> HttpResponse:
    """What it takes to verify the PDF without this server: its own lines of the register and the digests of those up to a
    published head. Until a head covers it, `head.day` is null: ask again a day later. 409 for lines of long ago, which
    cannot be proved one by one. Scope: `reports:read`."""
    row = reading.release(request.auth, pk)
    _ = row.issue  # of a sealed case there is nothing
    try:
        said = proofs.as_file(proofs.proof_of(row))
    except proofs.NoProof:
        raise Refused(409, "This report was entered before the register’s lines could be proved one by one.") from None
    name = f"{row.number}.proof.json"
    return wire.sent(said, "application/json", name=name, headers=reading.standing(row))


@router.get(
    "/reports/{uuid:pk}/file",
    response={200: bytes, 304: None, **PROBLEMS},
    summary="The signed PDF",
    openapi_extra={"responses": {200: {"content": {"application/pdf": {"schema": wire.BINARY}}}}},
)
@opens(Scope.REPORTS_READ)
def read_file(request: Call, pk: Pk) -> HttpResponse:
    """On the delivery ledger. `ETag` is the file's SHA-256 and `Repr-Digest` the same by RFC 9530; who has it already
    (`If-None-Match`) gets 304. Always the file as it was released: `Report-Status` says whether it still stands (`current`, `superseded`,
    `revoked`), `Report-Superseded-By` and `Report-Supersedes` name others by id. Scope: `reports:read`."""
    row = reading.release(request.auth, pk)
    standing = reading.standing(row)
    if wire.has_it(request, row.file_digest):
        return wire.unchanged(row.file_digest, headers=standing)
    data = deliver.open_by_court(release=row, by=request.auth.account, now=request.now, original=True, how="api")
    return wire.sent(data, "application/pdf", name=row.file_name, headers=standing)


@router.post("/reports/{uuid:pk}/acknowledge", response={200: schemas.Receipt, **WRITES}, summary="Confirm receipt")
@opens(Scope.REPORTS_ACKNOWLEDGE)
def acknowledge(request: Call, pk: Pk, key: Key) -> HttpResponse:
    """Again is harmless: the first moment stays. Scope: `reports:acknowledge`."""

    def act() -> Answer:
        row = reading.release(request.auth, pk)
        receipt = deliver.acknowledge(release=row, by=request.auth.account, now=request.now, how="api")
        told = schemas.Receipt(number=row.number, acknowledged_at=receipt.at)
        return _answer(200, told, row.report.referral)

    return _effect(request, key, act)


def _effect(request: Call, key: str, act: Callable[[], Answer]) -> HttpResponse:
    """One transaction, and with a key one effect, however often it is sent."""
    if key:
        asked = b"\n".join((str(request.method).encode(), request.path.encode(), request.body))
        try:
            answer = once(token=request.auth, key=key, asked=asked, act=act, now=request.now)
        except AnotherRequest:
            raise Refused(422, "This Idempotency-Key came before, with another request.") from None
    else:
        answer = wire.in_one(act)
    response = wire.told(answer.data, answer.status)
    if answer.again:
        response["Idempotency-Replayed"] = "true"
    return response


def _answer(status: int, told: schemas.Schema, case: Referral) -> Answer:
    return Answer(status, told.model_dump(mode="json"), case)


def _form(request: Call, body: schemas.ReferralIn) -> ReferralForm:
    """The clerk's own form, filled in. Raises Refused, naming each field."""
    courts: QuerySet[Court] = Court.objects.filter(pk=request.auth.court_id)
    program = Program.objects.filter(slug=body.program).first()
    data = body.model_dump(mode="json", exclude={"conditions", "program"})
    data |= {"court": request.auth.court_id, "program": program and program.pk}
    data["conditions_text"] = "\n".join(body.conditions)
    form = ReferralForm(data, courts=courts, now=request.now)
    # Any zone that there is, as in a file: the page offers those of this country.
    form.fields["zone"] = CharField(required=False, validators=[validate_zone])
    if not form.is_valid():
        known = Referral.objects.filter(court__in=courts, program=program).exclude(case_number="")
        if program and known.filter(case_number=body.case_number).exists():
            raise _referred_before()
        fields = {"conditions_text": "conditions", "__all__": ""}
        errors = [
            (f"#/{fields.get(name, name)}".rstrip("/"), " ".join(map(str, said))) for name, said in form.errors.items()
        ]  # fmt: skip
        raise Refused(422, "Some of what was sent cannot be taken. Nothing was changed.", errors=errors)
    return form


def _referred_before() -> Refused:
    detail = "This court has already referred this case number to this program."
    return Refused(409, detail, errors=[("#/case_number", detail)])


def _standing(request: Call, pk: UUID) -> Hearing:
    """A hearing that was not cancelled, its case held. Raises Refused."""
    row = reading.hearing(request.auth, pk)
    row.referral = actions.locked(row.referral)
    row.refresh_from_db(fields=["cancelled_at"])
    if row.cancelled_at is not None:
        raise Refused(409, "This hearing was cancelled or moved before.")
    return row


def _guard(request: Call, case: Referral, at: Any) -> None:
    """Raises Refused for a case that has ended, a date that is over or far off, and one that stands already."""
    if not case.is_open:
        raise Refused(409, "This case has ended.")
    if not request.now < at <= request.now + FURTHEST:
        detail = "Give a moment that lies ahead, within five years."
        raise Refused(422, detail, errors=[("#/at", detail)])
    if case.hearings.filter(at=at, cancelled_at=None).exists():
        raise Refused(409, "A hearing of this case stands at that moment already.")
