"""Where Wagtail goes when a review has come to its end. Named in the settings; loaded before any model is."""

from typing import Any


def finish(workflow_state: Any, user: Any = None) -> None:
    """Wagtail passes no moment, and there is no view of ours above it to pass one."""
    from courses.actions import reviews
    from lms import clock

    reviews.finish(state=workflow_state, by=user, now=clock.now())
