"""Which message goes which way. Pure."""

EMAIL, SMS = "email", "sms"
ONLY_EMAIL, BOTH, ONLY_SMS = "email", "both", "sms"

# What a text message may say is one fixed sentence of each; every other kind goes by e-mail alone.
TEXTED = frozenset(
    {
        "check_in.due_today", "check_in.due_tomorrow", "check_in.help_asked", "check_in.last_day_of_grace",
        "check_in.missed", "check_in.returned", "check_in.window_open", "course.completed",
        "course.deadline_near", "course.reflection_returned", "referral.less_time", "referral.more_time", "report.draft_to_answer",
        "report.released", "report.waiting",
    }
)  # fmt: skip

# Nobody else is ever texted by a job (security.md R12): an author has no number here, and a survivor
# participant is written to only on the way she chose, by somebody she knows.
TEXTED_ACCOUNTS = frozenset({"responsible_party", "staff", "court"})


def channels_for(*, kind: str, account: str, wish: str, confirmed: bool, opens_a_door: bool = False) -> tuple[str, ...]:
    """The ways one message goes. Without a confirmed number, and for whatever opens a door by itself, by e-mail."""
    if not confirmed or opens_a_door or kind not in TEXTED or account not in TEXTED_ACCOUNTS:
        return (EMAIL,)
    return {BOTH: (EMAIL, SMS), ONLY_SMS: (SMS,)}.get(wish, (EMAIL,))
