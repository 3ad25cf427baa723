"""A disk that is slow for one process: strace delays its fdatasync."""

import tempfile
from pathlib import Path

from strace import Strace


class SlowDisk:
    """From entering on, every fdatasync of `pid` takes `delay_s` longer; until leaving. Skips the test where tracing is
    forbidden."""

    def __init__(self, pid, delay_s):
        self.dir = tempfile.TemporaryDirectory(prefix="signet-slow-")
        self.log = Path(self.dir.name) / "strace"
        self.strace = Strace("-f", "-o", self.log, "-e", "trace=fdatasync", "-e",
                             f"inject=fdatasync:delay_enter={delay_s}s", "-p", pid)

    def __enter__(self):
        self.strace.__enter__()
        return self

    def syncs(self):
        return self.log.read_text().count("fdatasync(")

    def __exit__(self, *_):
        self.strace.__exit__()
        self.dir.cleanup()
