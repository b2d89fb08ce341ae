"""What the provider of text messages tells us. Nobody signs in here: its signature is the key."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lms import clock
from lms.outbox import asking, numbers
from lms.outbox.providers.chosen import provider
from lms.outbox.providers.twilio import TwilioProvider

app_name = "callbacks"

STOP_WORDS = frozenset(
    {
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "ALTO",
        "BASTA",
        "CANCELAR",
        "PARAR",
    }
)
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@login_not_required
@require_POST
def status(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of one message. Twice, late or out of order is harmless."""
    fields = _signed(request)
    asking.told(
        message_id=pk,
        provider_id=fields.get("MessageSid", "")[:64],
        status=fields.get("MessageStatus", ""),
        code=fields.get("ErrorCode", "")[:24],
        now=clock.now(),
    )
    # Also what is not ours (any more) is heard out: it would else be told again and again.
    return HttpResponse(status=204)


@csrf_exempt
@login_not_required
@require_POST
def incoming(request: HttpRequest) -> HttpResponse:
    """Somebody answered. STOP is obeyed; anything else is kept nowhere."""
    fields = _signed(request)
    word = fields.get("Body", "").strip().strip(".!").upper()
    if word in STOP_WORDS or fields.get("OptOutType", "").upper() == "STOP":
        numbers.stop(number=fields.get("From", ""), now=clock.now())
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")


def _signed(request: HttpRequest) -> dict[str, str]:
    """The fields of a request that bears the provider's signature; 404 as if there were nothing here."""
    if settings.SMS_PROVIDER != "http":
        raise Http404
    service = provider()
    fields = {name: str(value) for name, value in request.POST.items()}
    signature = request.headers.get("X-Twilio-Signature", "")
    # As it was addressed in public, whatever a proxy made of it.
    url = settings.PUBLIC_URL + request.get_full_path()
    if not isinstance(service, TwilioProvider) or not service.is_signed(url=url, fields=fields, signature=signature):
        raise Http404
    return fields


urlpatterns = [
    path("sms/incoming/", incoming, name="sms_incoming"),
    path("sms/<uuid:pk>/", status, name="sms_status"),
]
