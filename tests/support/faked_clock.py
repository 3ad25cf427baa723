"""A daemon whose wall clock a test moves, by libfaketime."""

import os
import time

PRELOAD = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def can_be_faked():
    """faketime and the sanitizers both want to be the first library."""
    return os.path.exists(PRELOAD) and os.environ.get("SIGNET_SANITIZERS", "none") == "none"


class FakedClock:
    """The offset of a daemon's clock, kept in a file of `folder`."""

    def __init__(self, folder):
        self.file = folder / "offset"
        self.offset_s = 0
        self.advance(0)

    def set(self, unix_s):
        """Of the daemon, running or not yet; in one step, so that it never reads half a figure."""
        self.advance(unix_s - self.now())

    def advance(self, seconds):
        self.offset_s += int(seconds)
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.offset_s:+d}")
        new.rename(self.file)

    def now(self):
        return int(time.time()) + self.offset_s

    def environment(self):
        return {"LD_PRELOAD": PRELOAD, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
