"""The recipes of daemon/OPERATING.md, from top to bottom, as they are written. The machine is made to fit: paths below
a directory of our own, and a systemctl that knows one unit."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETCTL, SIGNETD, free_port  # noqa: E402

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")  # without it, the recipe for a token is left out
GUIDE = Path(__file__).resolve().parents[2] / "daemon" / "OPERATING.md"

SYSTEMCTL = """#!/bin/bash
# systemctl start|stop|restart signetd
stop() {
  [ -f ROOT/pid ] || return 0
  kill "$(cat ROOT/pid)" 2>/dev/null
  for _ in $(seq 300); do kill -0 "$(cat ROOT/pid)" 2>/dev/null || break; sleep 0.1; done
  rm -f ROOT/pid
}
credentials() {
  local line name path
  local unit=ROOT/etc/systemd/system/signetd.service.d
  for line in $(sed -n 's/^LoadCredentialEncrypted=//p' $unit/*.conf 2>/dev/null); do
    name=${line%%:*} path=${line#*:}
    mkdir -p -m 0700 ROOT/run/credentials
    rm -f "ROOT/run/credentials/$name"
    (umask 377; base64 -d "$path" >"ROOT/run/credentials/$name")
    export CREDENTIALS_DIRECTORY=ROOT/run/credentials
  done
}
start() {
  credentials
  # Emptied here and not by the daemon's own redirection, which may come after the first look below.
  : >ROOT/log
  SIGNETD --config ROOT/etc/signetd.toml 2>>ROOT/log </dev/null >/dev/null &
  echo $! >ROOT/pid
  for _ in $(seq 300); do
    grep -qxE 'ready|sealed' ROOT/log && return 0
    kill -0 "$(cat ROOT/pid)" 2>/dev/null || break
    sleep 0.1
  done
  cat ROOT/log >&2
  return 1
}
case "$1" in
  stop) stop ;;
  start) start ;;
  restart) stop; start ;;
esac
"""

# systemd-creds encrypt --name=NAME - OUT
SYSTEMD_CREDS = """#!/bin/bash
[ "$1" = encrypt ] && [ "$3" = - ] && base64 >"$4"
"""

# After an unseal or a seal the daemon starts again, and whoever asks at once is too early.
SIGNETCTL_SHIM = """#!/bin/bash
SIGNETCTL --data-dir ROOT/var/lib/signetd "$@"
code=$?
case "$*" in *unseal*|*"vault seal"*)
  for _ in $(seq 100); do
    SIGNETCTL --data-dir ROOT/var/lib/signetd vault status >/dev/null 2>&1 && break
    sleep 0.1
  done ;;
esac
case "$*" in *unseal*) for _ in $(seq 50); do
    SIGNETCTL --data-dir ROOT/var/lib/signetd --json vault status 2>/dev/null | grep -q '"unsealed"' && break
    sleep 0.1
  done ;;
esac
exit $code
"""


class Operating(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="signet-operating-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        for folder in ("bin", "etc", "var/lib", "work"):
            (self.root / folder).mkdir(parents=True)
        port, console = free_port(), free_port()
        (self.root / "etc/signetd.toml").write_text(
            f'data_dir = "{self.root}/var/lib/signetd"\nkey_file = "{self.root}/var/lib/signetd/vault.key"\n'
            f'issuer = "http://127.0.0.1:{port}"\nlisten = ["127.0.0.1:{port}"]\n'
            f'console_listen = ["127.0.0.1:{console}"]\nworkers = 1\n')
        (self.root / "work/passphrase.txt").write_text("the passphrase of an example\n")
        (self.root / "work/token.pin").write_text("24681357\n")
        (self.root / "var/softhsm").mkdir()
        (self.root / "etc/softhsm2.conf").write_text(
            f"directories.tokendir = {self.root}/var/softhsm\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.program("systemctl", SYSTEMCTL)
        self.program("systemd-creds", SYSTEMD_CREDS)
        self.program("signetctl", SIGNETCTL_SHIM)
        (self.root / "bin/signetd").symlink_to(SIGNETD)
        self.addCleanup(lambda: subprocess.run([self.root / "bin/systemctl", "stop", "signetd"], check=False))

    def program(self, name, text):
        path = self.root / "bin" / name
        path.write_text(text.replace("ROOT", str(self.root)).replace("SIGNETD", str(SIGNETD))
                        .replace("SIGNETCTL", str(SIGNETCTL)))
        path.chmod(0o755)

    def run_block(self, block):
        here = re.sub(r"/(var/lib|etc/signetd|etc/systemd)", rf"{self.root}/\1", block)
        return subprocess.run(["bash", "-euo", "pipefail", "-c", here], cwd=self.root / "work", text=True, timeout=120,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}",
                                   "SOFTHSM2_CONF": f"{self.root}/etc/softhsm2.conf"})

    def test_every_recipe_works_as_it_is_written(self):
        guide = GUIDE.read_text()
        if not SOFTHSM.exists():
            guide = re.sub(r"^## Keys in a hardware token$.*?(?=^## )", "", guide, flags=re.M | re.S)
        blocks = re.findall(r"^```sh\n(.*?)^```", guide, re.M | re.S)
        self.assertGreater(len(blocks), 15)
        for block in blocks:
            done = self.run_block(block)
            log = self.root / "log"
            self.assertEqual(0, done.returncode, f"{block}\n{done.stdout}\n{done.stderr}\n"
                             f"{log.read_text()[-2000:] if log.exists() else ''}")

    def test_a_recipe_that_fails_is_noticed(self):
        self.assertNotEqual(0, self.run_block("signetctl status").returncode, "nothing runs yet")
        self.assertNotEqual(0, self.run_block("false | cat\n").returncode)


if __name__ == "__main__":
    unittest.main()
