"""Who may sign in, and with what. Who may do what stands in each app's ``access.py``."""

import secrets
import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

BYLINE_LENGTH = 80


class Kind(models.TextChoices):
    """What an account is for. One account is one kind, so that roles which must not meet cannot."""

    RESPONSIBLE_PARTY = "responsible_party", _("Responsible party")
    AUTHOR = "author", _("Author or reviewer")
    STAFF = "staff", _("Program staff")
    COURT = "court", _("Court user")
    SURVIVOR_PARTICIPANT = "survivor_participant", _("Survivor participant")


class TypeSize(models.TextChoices):
    USUAL = "usual", _("As usual")
    LARGE = "large", _("Larger")
    LARGEST = "largest", _("Largest")


class Letters(models.TextChoices):
    USUAL = "usual", _("As usual")
    SPACED = "spaced", _("With more space between letters and lines")
    OPENDYSLEXIC = "opendyslexic", _("OpenDyslexic, with more space: some people with dyslexia read it more easily")


class Colors(models.TextChoices):
    DEVICE = "device", _("As this device is set")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class QuestionsShown(models.TextChoices):
    ALL = "all", _("All on one page")
    ONE = "one", _("One question at a time")


def random_handle() -> str:
    """A sign-in name that says nothing about a person."""
    return secrets.token_hex(6)


class User(AbstractUser):
    """An account. An author's carries a handle and nothing else (security.md 2.6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("handle"), max_length=40, unique=True, default=random_handle)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    kind = models.CharField(_("kind of account"), max_length=24, choices=Kind, default=Kind.RESPONSIBLE_PARTY)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", "English"), ("es", "Español")], default="en"
    )
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    byline = models.CharField(_("name here"), max_length=BYLINE_LENGTH, blank=True, default="", db_default="")
    # How pages look for this person, on whichever device they sign in. The database knows the defaults too, for what
    # still runs as it was before the column came.
    type_size = models.CharField(
        _("Size of the letters"), max_length=12, choices=TypeSize, default=TypeSize.USUAL, db_default=TypeSize.USUAL
    )
    letters = models.CharField(
        _("Shape of the letters"), max_length=12, choices=Letters, default=Letters.USUAL, db_default=Letters.USUAL
    )
    colors = models.CharField(
        _("Colors"), max_length=12, choices=Colors, default=Colors.DEVICE, db_default=Colors.DEVICE
    )
    questions_shown = models.CharField(
        _("Questions of a check-in"), max_length=12, choices=QuestionsShown, default=QuestionsShown.ALL,
        db_default=QuestionsShown.ALL,
    )  # fmt: skip

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="author") | models.Q(first_name="", last_name=""),
                name="an_author_account_bears_no_name",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="author") | models.Q(byline=""), name="an_author_account_alone_bears_a_byline"
            ),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        # Two accounts without an address must not collide on the empty string.
        self.email = self.email.lower() if self.email else None
        super().save(*args, **kwargs)

    @property
    def must_use_second_factor(self) -> bool:
        """Everyone but those whom a second factor could keep out of their own case (security.md R2)."""
        return self.kind not in {Kind.RESPONSIBLE_PARTY, Kind.SURVIVOR_PARTICIPANT}

    def __str__(self) -> str:
        return self.get_full_name() if self.kind == Kind.AUTHOR else super().__str__()

    def get_full_name(self) -> str:
        """Wagtail puts it beside whatever somebody wrote, said or decided. An author is called by the name that she
        chose for that, or by none; never by her handle, which she signs in with."""
        if self.kind == Kind.AUTHOR:
            return self.byline or _("Author %(mark)s") % {"mark": self.pk.hex[-4:]}
        return super().get_full_name()

    @property
    def shown_name(self) -> str:
        """The name where a name may be shown; a handle where it may not."""
        return super().get_full_name() or self.username


class SubjectKey(models.Model):
    """One person's encryption key, wrapped by the key ring. Destroy it and the words are gone.

    A destroyed one stays as a gravestone, so that no new key is made in its place.
    """

    subject = models.UUIDField()
    zone = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    escrowed_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "zone"], name="one_key_per_subject_and_zone")]
        # read by rotation: which keys of the ring are in use
        indexes = [
            models.Index(fields=["version", "id"], name="keys_by_version", condition=models.Q(destroyed_at=None))
        ]


class KeptWords(models.Model):
    """A form that was sent when the session had ended. Its fields are sealed with the person's own key."""

    ZONE = "kept"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="kept_words")
    path = models.CharField(max_length=300)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(db_index=True)  # read by kept_words.forget_old

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="newest_kept_words_of_a_form")]

    @property
    def place(self) -> str:
        return f"people.keptwords.sealed:{self.pk}"


class SignIn(models.Model):
    """One sign-in, for its own person to look over (security.md R8: none of authors and survivor participants)."""

    class How(models.TextChoices):
        PASSWORD = "password", _("password")
        PASSWORD_AND_APP = "password_app", _("password and authenticator app")
        PASSWORD_AND_PASSKEY = "password_passkey", _("password and passkey")
        PASSWORD_AND_RECOVERY_CODE = "password_recovery", _("password and recovery code")
        PASSKEY = "passkey", _("passkey")
        INVITATION = "invitation", _("invitation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(db_index=True)  # read by sign_ins.forget_old
    how = models.CharField(max_length=20, choices=How)
    # Words like “phone, Android, Chrome”; never the browser's own long sentence.
    device = models.CharField(max_length=60, blank=True)
    # A network, not an address: 203.0.113.0/24.
    origin = models.CharField(max_length=50, blank=True)
    apart = models.BooleanField(default=False)  # minutes after another, from another network and device
    looked_at = models.DateTimeField(null=True)  # when a facilitator read it

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes = [models.Index(fields=["user", "-at"], name="sign_ins_of_a_person")]
