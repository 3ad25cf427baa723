"""kill -9 at random moments during `client add`, `client import` and `key add`, against a ledger of what was
acknowledged: all of it is there after the restart, every secret that was handed out works, and the mark agrees (the
daemon opens its store).

    SIGNET_CRASH_CYCLES=200 SIGNET_CRASH_SEED=1 python3 tests/crash/daemon_crash_test.py
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from signet_daemon import SIGNETCTL, Daemon  # noqa: E402

CYCLES = int(os.environ.get("SIGNET_CRASH_CYCLES", "6"))
SEED = int(os.environ.get("SIGNET_CRASH_SEED", str(random.SystemRandom().randrange(1 << 32))))
# Under a sanitizer a command may take a second: without more time most cycles would end before anything was done.
SLOWNESS = 1 if os.environ.get("SIGNET_SANITIZERS", "none") == "none" else 4
IMPORT_LINES = 400
IMPORT_CHUNK = 20


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.clients = {}  # client_id -> secret
        self.keys = {}     # (tenant, kid) -> alg
        self.tenants = set()
        self.operations = 0

    def note(self, change):
        with self.lock:
            change()
            self.operations += 1


class DaemonCrash(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED}, {CYCLES} cycles", file=sys.stderr)
        self.random = random.Random(SEED)
        self.dir = Path(tempfile.mkdtemp(prefix="signet-crash-"))
        self.files = Path(tempfile.mkdtemp(prefix="signet-crash-files-"))
        self.ledger = Ledger()

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.rmtree(self.files, ignore_errors=True)

    def test_everything_acknowledged_survives(self):
        imports = []
        for cycle in range(CYCLES):
            daemon = Daemon.start(data_dir=self.dir)
            self.check(daemon, imports)
            stop = threading.Event()
            batch = self.start_import(cycle)
            imports.append(batch)
            threads = [threading.Thread(target=self.add_clients, args=(daemon, stop, cycle)),
                       threading.Thread(target=self.add_keys, args=(daemon, stop, cycle))]
            for thread in threads:
                thread.start()
            time.sleep(self.random.uniform(0.02, 1.5) * SLOWNESS)
            daemon.kill()
            stop.set()
            for thread in threads:
                thread.join(60)
            batch["process"].wait(60)
        daemon = Daemon.start(data_dir=self.dir)
        self.check(daemon, imports)
        self.finish_imports(daemon, imports)
        self.assertEqual(0, daemon.stop())
        print(f"{self.ledger.operations} acknowledged operations over {CYCLES} kills", file=sys.stderr)
        self.assertGreater(self.ledger.operations, CYCLES)

    def add_clients(self, daemon, stop, cycle):
        for n in range(10_000):
            if stop.is_set():
                return
            name = f"add-{cycle}-{n}"
            code, out, _ = daemon.ctl("client", "add", name, check=False)
            if code == 0:
                secret = json.loads(out)["client_secret"]
                self.ledger.note(lambda: self.ledger.clients.__setitem__(name, secret))

    def add_keys(self, daemon, stop, cycle):
        for n in range(10_000):
            if stop.is_set():
                return
            tenant = f"t{cycle}-{n}"
            if daemon.ctl("tenant", "add", tenant, check=False)[0] != 0:
                continue
            self.ledger.note(lambda: self.ledger.tenants.add(tenant))
            code, out, _ = daemon.ctl("key", "add", "--tenant", tenant, "--alg", "EdDSA", check=False)
            if code == 0:
                kid = json.loads(out)["kid"]
                self.ledger.note(lambda: self.ledger.keys.__setitem__((tenant, kid), "EdDSA"))

    def start_import(self, cycle):
        file, secrets = self.files / f"import-{cycle}.jsonl", self.files / f"secrets-{cycle}.jsonl"
        ids = [f"imp-{cycle}-{n}" for n in range(IMPORT_LINES)]
        file.write_text("".join(json.dumps({"client_id": i, "scopes": ["a.read"]}) + "\n" for i in ids))
        command = [str(SIGNETCTL), "--data-dir", str(self.dir), "client", "import", str(file), "--secrets-out",
                   str(secrets), "--chunk", str(IMPORT_CHUNK)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {"ids": ids, "command": command, "secrets": secrets, "process": process}

    def finish_imports(self, daemon, imports):
        """Each import resumes where it was cut off, and every secret in its file works."""
        for batch in imports:
            done = subprocess.run(batch["command"], capture_output=True, text=True, timeout=120)
            self.assertEqual(0, done.returncode, done.stderr)
            secrets = [json.loads(line) for line in batch["secrets"].read_text().splitlines()]
            self.assertEqual(batch["ids"], [s["client_id"] for s in secrets])
            for one in self.random.sample(secrets, 10):
                self.assertEqual(200, daemon.token(one["client_id"], one["client_secret"])[0], one["client_id"])

    def check(self, daemon, imports):
        clients = self.listed(daemon)
        self.assertEqual(set(), set(self.ledger.clients) - clients, "acknowledged clients are missing")
        some = self.random.sample(sorted(self.ledger.clients), min(10, len(self.ledger.clients)))
        for name in some:
            self.assertEqual(200, daemon.token(name, self.ledger.clients[name])[0], f"the secret of {name} is lost")
        tenants = daemon.ctl("tenant", "list")
        tenants = {t["name"] for t in (tenants["tenants"] if isinstance(tenants, dict) else tenants)}
        self.assertEqual(set(), self.ledger.tenants - tenants, "acknowledged tenants are missing")
        for tenant, kid in self.random.sample(sorted(self.ledger.keys), min(20, len(self.ledger.keys))):
            with urllib.request.urlopen(f"{daemon.issuer}/t/{tenant}/.well-known/jwks.json", timeout=10) as answer:
                self.assertIn(kid, {k["kid"] for k in json.load(answer)["keys"]})
        for batch in imports:
            # All or nothing per chunk: whole chunks of the file are there, in order.
            present = [i in clients for i in batch["ids"]]
            count = sum(present)
            self.assertEqual(0, count % IMPORT_CHUNK)
            self.assertTrue(all(present[:count]))

    def listed(self, daemon):
        found = daemon.ctl("client", "list")
        return {c["client_id"] for c in (found["clients"] if isinstance(found, dict) else found)}


if __name__ == "__main__":
    unittest.main()
