"""How a password is tried."""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser


class OnceBackend(AuthenticationBackend):
    """allauth's, hashing a password once for each sign-in, whether or not there is such an account.

    The sign-in page takes a handle or an e-mail address in one field, and allauth tries what is in it first as one,
    then as the other. An address it knows was found both times and hashed twice; one it does not know once: who
    measured the time learned which addresses have an account.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tried: set[UUID] = set()  # Django makes a backend for each sign-in

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        if user is None or user.pk in self._tried:
            return None
        self._tried.add(user.pk)
        return super()._check_password(user, password)
