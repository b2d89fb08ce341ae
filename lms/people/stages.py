"""The steps of a sign-in, where ours differ from allauth's."""

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django.http import HttpResponse


class ProveAddressIfAny(EmailVerificationStage):
    """An address must be proved; whoever keeps none here (an author, by her handle) has none to prove."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not user.email and not EmailAddress.objects.filter(user=user).exists():
            return None, True
        response, goes_on = super().handle()
        if response is None:
            # The steps that follow are kept in the session, which needs no address: whose it is, it knows by id.
            self.login.email = None
        return response, goes_on
