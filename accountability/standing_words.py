"""The rule that led to a standing, in the words of the policy, for pages in either language. (A report prints ``because``.)"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accountability.rules.check_in_state import State
from accountability.rules.standing import Determination, Standing, kept_of, missed_in_a_row
from lms.referrals.rules.policy import Policy


def rule_in_words(standing: Standing, states: Sequence[State], policy: Policy) -> str:
    """Why it stands so: the numbers beside the policy's own."""
    total, in_row = sum(state is State.MISSED for state in states), missed_in_a_row(states)
    if standing.rule == "missed_total":
        return _("Missed in total: %(n)d. The policy’s limit is %(limit)d.") % {
            "n": total, "limit": policy.missed_total_not_in_compliance
        }  # fmt: skip
    if standing.rule == "missed_in_row":
        return _in_a_row(in_row, standing, policy)
    if standing.rule == "required_share":
        kept, counted = kept_of(states)
        words = {"kept": kept, "counted": counted, "share": round(policy.required_share * 100)}
        return _("Made or excused: %(kept)d of %(counted)d. The policy asks for %(share)d percent.") % words
    if standing.rule == "commitments":
        return _("Not every required commitment is verified.")
    if standing.rule == "open_non_compliance":
        return _("It ended with too many check-ins missed.")
    if total:
        return ngettext("%(n)d missed, and made good since.", "%(n)d missed, and made good since.", total) % {
            "n": total
        }
    return _("Nothing is missed.")


def _in_a_row(in_row: int, standing: Standing, policy: Policy) -> str:
    risk = standing.determination is Determination.AT_RISK
    limit = policy.missed_in_row_at_risk if risk else policy.missed_in_row_not_in_compliance
    return _("Missed in a row: %(n)d. The policy’s limit is %(limit)d.") % {"n": in_row, "limit": limit}
