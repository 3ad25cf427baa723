"""What an installation gets: the programs, their manuals, the unit and the completion."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOLS = pathlib.Path(os.environ["SIGNET_BUILD"]) / "tools"


class Installation(unittest.TestCase):
    def test_installs_programs_manuals_unit_and_completion(self):
        told = subprocess.run(["meson", "introspect", "--installed", os.environ["SIGNET_BUILD"]],
                              capture_output=True, text=True, check=True, timeout=60)
        places = json.loads(told.stdout).values()
        for wanted in ("bin/signetd", "bin/signetctl", "bin/signet-load",
                       "libexec/signet/signetctl-offline", "man/man8/signetd.8",
                       "man/man5/signetd.toml.5", "man/man1/signetctl.1", "man/man1/signet-load.1",
                       "/lib/systemd/system/signetd.service", "share/bash-completion/completions/signetctl"):
            self.assertTrue(any(place.endswith(wanted) for place in places), f"{wanted} is not among {list(places)}")

    def test_commands_without_a_daemon_find_their_program_where_it_is_installed(self):
        with tempfile.TemporaryDirectory() as name:
            prefix = pathlib.Path(name)
            for folder in ("bin", "libexec/signet", "backups"):
                (prefix / folder).mkdir(parents=True)
            shutil.copy(TOOLS / "signetctl", prefix / "bin")

            def ask(*arguments):
                return subprocess.run([prefix / "bin" / "signetctl", *arguments], capture_output=True, text=True,
                                      timeout=60, check=False)

            alone = ask("backup", "list", str(prefix / "backups"))
            self.assertEqual((1, ""), (alone.returncode, alone.stdout))
            self.assertIn("signetctl-offline is neither beside signetctl nor in ../libexec/signet", alone.stderr)
            shutil.copy(TOOLS / "signetctl-offline", prefix / "libexec" / "signet")
            for verb in ("list", "verify", "restore"):
                helped = ask("backup", verb, "--help")
                self.assertEqual((0, ""), (helped.returncode, helped.stderr))
                self.assertIn(f"signetctl backup {verb}", helped.stdout)
                # Options before the noun arrive, and so does the exit status.
                wrong = ask("--data-dir", str(prefix / "new"), "--json", "backup", verb, "--bogus")
                self.assertEqual(2, wrong.returncode, wrong.stderr)
            nothing = ask("backup", "list", str(prefix / "backups"))
            self.assertEqual(1, nothing.returncode)
            self.assertNotIn("libexec", nothing.stderr)


if __name__ == "__main__":
    unittest.main()
