"""strace, attached to a process that runs."""

import subprocess
import threading
import unittest


class Strace:
    """From entering on, until leaving: `arguments` are strace's, with -p. Skips the test where tracing is forbidden."""

    def __init__(self, *arguments):
        self.arguments = [str(argument) for argument in arguments]

    def __enter__(self):
        self.process = subprocess.Popen(["strace", *self.arguments], stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.reader = threading.Thread(target=self.process.stderr.read)
        self.reader.start()
        if "attached" not in line:
            self.__exit__()
            raise unittest.SkipTest(f"tracing is not possible here: {line}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.reader.join(30)
        self.process.stderr.close()
