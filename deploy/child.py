"""``child.py PROGRAM ARGUMENT …``: become that program, and end when whoever started it ends, however it ended.

A supervisor that is killed cannot stop what it started, and a web server left behind holds the port.
Linux tells a process of its parent's death when it asks for that; elsewhere this only starts the program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the parent ended before its child began")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
