"""The scripts of bench/compare run, with the least parameters: the figures mean nothing here, but all are there."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SIGNET_BUILD", ROOT / "build"))
COMPARE = ROOT / "bench" / "compare"
OFFSETS = (0, 20, 21, 24, 25)  # nginx, signetd and its console, another signetd


def free_base():
    for base in range(20000, 30000, 100):
        try:
            for offset in OFFSETS:
                with socket.socket() as one:
                    one.bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue
    raise AssertionError("no free ports")


class Compare(unittest.TestCase):
    def setUp(self):
        self.run_dir = Path(tempfile.mkdtemp(prefix="signet-bench-"))
        self.addCleanup(shutil.rmtree, self.run_dir, ignore_errors=True)

    def script(self, name, *arguments):
        return subprocess.run(
            [sys.executable, COMPARE / f"{name}.py", *arguments], capture_output=True, text=True, timeout=120,
            env={**os.environ, "SIGNET_BUILD": str(BUILD), "SIGNET_BENCH_RUN": str(self.run_dir),
                 "SIGNET_BENCH_PORT": str(free_base()), "PYTHONDONTWRITEBYTECODE": "1"})

    def check(self, name, *arguments, rows):
        """It ends well, and the table of targets finds `rows` of its figures, under the names it looks for."""
        done = self.script(name, *arguments)
        self.assertEqual(0, done.returncode, done.stderr + done.stdout)
        summary = self.script("summary")
        self.assertEqual(0, summary.returncode, summary.stderr)
        measured = [line for line in summary.stdout.splitlines()[2:] if "| not run |" not in line]
        self.assertEqual(rows, len(measured), summary.stdout + done.stdout)

    def needs(self, *programs):
        if (os.cpu_count() or 1) < 2 or len(os.sched_getaffinity(0)) < 2:
            self.skipTest("needs two cores")
        for program in programs:
            if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None:
                self.skipTest(f"{program} is not installed; tools/install-packages.sh bench does it")

    def test_wrong_arguments_are_refused_and_help_is_given(self):
        for name in ("compare", "fairness", "million", "scaling", "generator"):
            with self.subTest(name):
                self.assertEqual(2, self.script(name, "--rounds", "many").returncode)
                self.assertEqual(2, self.script(name, "--no-such-option").returncode)
                helped = self.script(name, "--help")
                self.assertEqual(0, helped.returncode, helped.stderr)
                self.assertIn("--rounds", helped.stdout)
        self.assertFalse((self.run_dir / "figures").exists(), "nothing was to run")

    def test_summary_without_figures_says_that_nothing_ran(self):
        done = self.script("summary")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue(all("| not run |" in line for line in done.stdout.splitlines()[2:]), done.stdout)

    def test_million(self):
        self.needs("taskset")
        self.check("million", "--clients", "500", "--rounds", "1", "--seconds", "1", rows=4)

    def test_dialects(self):
        self.needs("taskset", "wrk")
        self.check("dialects", "--rounds", "1", "--seconds", "1", rows=6)

    def test_scaling(self):
        self.needs()
        if not (BUILD / "bench" / "signing_bench").exists():
            self.skipTest("the benchmarks are not built")
        self.check("scaling", "--rounds", "1", "--seconds", "0.001", rows=5)

    def test_generator(self):
        self.needs("taskset", "wrk")
        self.check("generator", "--rounds", "1", "--seconds", "1", rows=1)

    def test_fairness(self):
        self.needs("taskset", "wrk")
        self.check("fairness", "--rounds", "1", "--seconds", "1", rows=1)

    def test_rotation(self):
        self.needs("taskset")
        self.check("rotation", "--rounds", "1", "--seconds", "2", "--clients", "2000", rows=6)

    def test_issuance_audit(self):
        self.needs("taskset")
        self.check("issuance_audit", "--rounds", "1", "--seconds", "1", "--connections", "16", rows=1)

    def test_audit_verify(self):
        self.needs("taskset")
        if not (BUILD / "bench" / "fill_store").exists():
            self.skipTest("the benchmarks are not built")
        self.check("audit_verify", "--count", "30000", "--times", "1", rows=1)

    def test_compare(self):
        self.needs("taskset", "wrk", "nginx")
        if not (BUILD / "bench" / "signing_bench").exists():
            self.skipTest("the benchmarks are not built")
        # Without node-oidc-provider, which comes from npm.
        self.check("compare", "--rounds", "1", "--seconds", "1", "--only", "healthz", rows=1)


if __name__ == "__main__":
    unittest.main()
