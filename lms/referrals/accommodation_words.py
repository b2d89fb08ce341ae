"""What makes taking part easier, in words."""

from django.utils.translation import gettext_lazy

from lms.referrals.rules.accommodations import Kind

KINDS = {
    Kind.MORE_TIME: gettext_lazy("More time"),
    Kind.OTHER_FORMAT: gettext_lazy("Another format: large print, paper, audio, dictation"),
    Kind.READER: gettext_lazy("Somebody who reads aloud"),
    Kind.INTERPRETER: gettext_lazy("An interpreter"),
}
# What the person is told that it does.
DOES = {
    Kind.MORE_TIME: gettext_lazy(
        "You can take as long as you like in a day. You have two more tries before a pause, and the pause is half as long. What comes back to you stays open twice as long."
    ),
    Kind.OTHER_FORMAT: gettext_lazy("You can take as long as you like in a day. What comes back to you stays open twice as long."),
    Kind.READER: gettext_lazy(
        "You can take as long as you like in a day. A pause between tries is half as long. What comes back to you stays open twice as long."
    ),
    Kind.INTERPRETER: gettext_lazy(
        "You can take as long as you like in a day. A pause between tries is half as long. What comes back to you stays open twice as long."
    ),
}  # fmt: skip
