"""What a line of a log may say: where something went wrong, and never whose words were in it (security.md T5)."""

import logging
import traceback
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutWords(logging.Formatter):
    """Errors by their kind and the lines of code they came through.

    Their own words are left out: those of a database hold the values of the row it refused, those of a mail server
    the address. Celery's account of a failed task is cut down likewise.
    """

    def formatException(self, ei: ExcInfo | Any) -> str:
        lines: list[str] = []
        seen: set[int] = set()
        error: BaseException | None = ei[1]
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_cut(record))


# What celery.app.trace puts into its line besides the task's name and number.
TOLD_BY_CELERY = ("exc", "traceback", "args", "kwargs", "return_value")


def _cut(record: logging.LogRecord) -> logging.LogRecord:
    cut = logging.makeLogRecord(record.__dict__)
    cut.exc_text = None  # another formatter may have left its own account there
    if isinstance(cut.args, dict):
        cut.args = cut.args | {name: "…" for name in TOLD_BY_CELERY if name in cut.args}
    elif isinstance(cut.args, tuple):
        cut.args = tuple(type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in cut.args)
    return cut
