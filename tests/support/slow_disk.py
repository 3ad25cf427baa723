"""A disk that is slow for one process: strace delays its fdatasync."""

import subprocess
import tempfile
import threading
import unittest
from pathlib import Path


class SlowDisk:
    """From entering on, every fdatasync of `pid` takes `delay_s` longer; until leaving. Skips the test where tracing is
    forbidden."""

    def __init__(self, pid, delay_s):
        self.pid, self.delay_s = pid, delay_s

    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="signet-slow-")
        self.log = Path(self.dir.name) / "strace"
        self.strace = subprocess.Popen(
            ["strace", "-f", "-o", self.log, "-e", "trace=fdatasync", "-e",
             f"inject=fdatasync:delay_enter={self.delay_s}s", "-p", str(self.pid)], stderr=subprocess.PIPE, text=True)
        line = self.strace.stderr.readline()
        self.reader = threading.Thread(target=self.strace.stderr.read)
        self.reader.start()
        if "attached" not in line:
            self.__exit__()
            raise unittest.SkipTest(f"tracing is not possible here: {line}")
        return self

    def syncs(self):
        return self.log.read_text().count("fdatasync(")

    def __exit__(self, *_):
        self.strace.terminate()
        self.strace.wait(30)
        self.reader.join(30)
        self.strace.stderr.close()
        self.dir.cleanup()
