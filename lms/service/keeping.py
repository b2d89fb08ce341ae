"""What is held about the service itself: nothing about anybody."""

from lms.keeping import classes

DATA = {"service.Run": {"derived": "count done_at finished_at outcome problem since started_at task"}}


def register() -> None:
    classes.declare(DATA)
