"""Tracks, check-ins, commitments: moments, constraints, partial indexes."""

from accountability.models.check_ins import CheckIn, Review, Submission, WindowChange
from accountability.models.commitments import Commitment
from accountability.models.forms import CheckInForm
from accountability.models.overrides import Override
from accountability.models.tracks import Extension, Outage, Tolling, Track

__all__ = [
    "CheckIn",
    "CheckInForm",
    "Commitment",
    "Extension",
    "Outage",
    "Override",
    "Review",
    "Submission",
    "Tolling",
    "Track",
    "WindowChange",
]
