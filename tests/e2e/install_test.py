"""What an installation gets: the programs, their manuals, the unit and the completion."""

import json
import os
import subprocess
import unittest


class Installation(unittest.TestCase):
    def test_installs_programs_manuals_unit_and_completion(self):
        told = subprocess.run(["meson", "introspect", "--installed", os.environ["SIGNET_BUILD"]],
                              capture_output=True, text=True, check=True, timeout=60)
        places = json.loads(told.stdout).values()
        for wanted in ("bin/signetd", "bin/signetctl", "bin/signet-load", "man/man8/signetd.8",
                       "man/man5/signetd.toml.5", "man/man1/signetctl.1", "man/man1/signet-load.1",
                       "/lib/systemd/system/signetd.service", "share/bash-completion/completions/signetctl"):
            self.assertTrue(any(place.endswith(wanted) for place in places), f"{wanted} is not among {list(places)}")


if __name__ == "__main__":
    unittest.main()
