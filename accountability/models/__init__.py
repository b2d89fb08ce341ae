"""Tracks, check-ins, commitments, circles: moments, constraints, partial indexes."""

from accountability.models.answering import Answering
from accountability.models.attachments import Attachment
from accountability.models.check_ins import CheckIn, Review, Submission, WindowChange
from accountability.models.circles import Attendance, Circle, CirclePerson, Helper, Meeting, Minutes
from accountability.models.commitments import Commitment, CommitmentChange, Evidence, Progress
from accountability.models.excusal_requests import ExcusalAppeal, ExcusalDecision, ExcusalFile, ExcusalRequest
from accountability.models.forms import CheckInForm
from accountability.models.help_calls import HelpCall
from accountability.models.moves import Move
from accountability.models.overrides import Override
from accountability.models.providers import Provider, ProviderAnswer, ProviderLink
from accountability.models.responses import ResponseReply, ResponseStep
from accountability.models.tracks import Extension, Outage, Tolling, Track
from accountability.models.tries import Try

__all__ = [
    "Answering",
    "Attachment",
    "Attendance",
    "CheckIn",
    "CheckInForm",
    "Circle",
    "CirclePerson",
    "Commitment",
    "CommitmentChange",
    "Evidence",
    "ExcusalAppeal",
    "ExcusalDecision",
    "ExcusalFile",
    "ExcusalRequest",
    "Extension",
    "HelpCall",
    "Helper",
    "Meeting",
    "Minutes",
    "Move",
    "Outage",
    "Override",
    "Progress",
    "Provider",
    "ProviderAnswer",
    "ProviderLink",
    "ResponseReply",
    "ResponseStep",
    "Review",
    "Submission",
    "Tolling",
    "Track",
    "Try",
    "WindowChange",
]
