"""A SoftHSM token of a test's own, the module that makes it slow and faulty, and a signetd that has it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from signet_daemon import BUILD, Daemon, free_port

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
FAULTY = BUILD / "tests" / "support" / "libfaulty_pkcs11.so"
# What signetd loads: under sanitizers SoftHSM through the module that hides a leak of it.
MODULE = SOFTHSM if os.environ.get("SIGNET_SANITIZERS", "none") == "none" else FAULTY
PIN = "4711 user"


def installed():
    return SOFTHSM.exists() and shutil.which("softhsm2-util") is not None


class SoftToken:
    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-token-"))
        (self.dir / "tokens").mkdir()
        (self.dir / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.dir}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.pin_file = self.dir / "pin"
        self.write_pin(PIN)
        self.port = free_port()
        self.environment = {"SOFTHSM2_CONF": str(self.dir / "softhsm2.conf"),
                            "SIGNET_FAULTY_PKCS11": str(self.dir / "faults")}
        self.run("softhsm2-util", "--init-token", "--free", "--label", "signet", "--so-pin", "12345678", "--pin", PIN)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, *command):
        return subprocess.run([str(part) for part in command], env={**os.environ, **self.environment}, check=True,
                              capture_output=True, text=True, timeout=60).stdout

    def tool(self, *arguments):
        """OpenSC's pkcs11-tool, logged in."""
        return self.run("pkcs11-tool", "--module", SOFTHSM, "--token-label", "signet", "--login", "--pin", PIN,
                        *arguments)

    def private_ids(self):
        lines = self.tool("--list-objects", "--type", "privkey").splitlines()
        return {line.split()[-1] for line in lines if line.strip().startswith("ID:")}

    def write_pin(self, pin, mode=0o600):
        self.pin_file.unlink(missing_ok=True)
        self.pin_file.write_text(pin + "\n")
        self.pin_file.chmod(mode)

    def fault(self, **settings):
        """What the faulty module does from now on: sign_ms, sign_rv, open_rv, login_rv, garble, absent."""
        new = self.dir / "faults.new"
        new.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        new.rename(self.dir / "faults")

    def config(self, module=MODULE, **changes):
        values = {"data_dir": self.dir / "data", "key_file": self.dir / "vault.key",
                  "issuer": f"http://127.0.0.1:{self.port}", "pkcs11_module": module, "pkcs11_token": "signet",
                  "pkcs11_pin_file": self.pin_file, **changes}
        text = "".join(f"{name} = {value}\n" if isinstance(value, int) else f'{name} = "{value}"\n'
                       for name, value in values.items() if value is not None)
        text += f'listen = ["127.0.0.1:{self.port}"]\nconsole_listen = ["127.0.0.1:{self.port + 1}"]\nworkers = 2\n'
        path = self.dir / "signetd.toml"
        path.write_text(text)
        return path

    def daemon(self, wait=True, **config):
        return Daemon.start(data_dir=self.dir / "data", port=self.port, dev=False, wait=wait,
                            arguments=["--config", self.config(**config)], environment=self.environment)
