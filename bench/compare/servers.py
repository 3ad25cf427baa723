"""The servers of the comparison: started on core 0, watched through /proc, ended again."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SIGNET_BUILD", ROOT / "build"))
SIGNER = os.environ.get("SIGNET_TEST_SIGNER", "auto")  # of the daemon and of the bare signature beside it
# Where data and figures go, and the first port: the tests give their own, so that they touch nobody's measurement.
RUN = Path(os.environ.get("SIGNET_BENCH_RUN", BUILD / "bench-run"))
PORT_BASE = int(os.environ.get("SIGNET_BENCH_PORT", "18400"))
SIGNET_PORT = PORT_BASE + 20
SERVER_CORE = "0"
TICK = os.sysconf("SC_CLK_TCK")


def pinned(command):
    return ["taskset", "-c", SERVER_CORE, *map(str, command)]


def cpu_seconds(pid):
    """utime + stime of a process, all threads, to the clock tick."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Server:
    """`pid` is the process whose CPU time counts: the one that serves."""

    def __init__(self, command, port, is_ready, one_core=True, **popen):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        command = pinned(command) if one_core else [*map(str, command)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **popen)
        self.pid = self.process.pid
        deadline = time.monotonic() + 60
        while not is_ready(self):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{command[0]} did not come up")
            time.sleep(0.05)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def answers(server, path="/"):
    try:
        with urllib.request.urlopen(server.url + path, timeout=1):
            return True
    except OSError:
        return False


class Nginx(Server):
    """One worker that returns a constant body of a given length at /<length>."""

    def __init__(self, directory, port, lengths):
        places = "".join(
            f'    location = /{n} {{ default_type application/json; return 200 "{"x" * n}"; }}\n' for n in lengths)
        conf = Path(directory) / "nginx.conf"
        conf.write_text(f"""
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location = / {{ return 200 "ok"; }}
{places}  }}
}}
""")
        super().__init__(["/usr/sbin/nginx", "-c", conf, "-p", directory], port, answers)
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        self.pid = int(children[0])  # the worker


class Signet(Server):
    def __init__(self, directory, port, one_core=True):
        self.data_dir = Path(directory) / "signet"
        self.log = open(Path(directory) / "signetd.log", "w+")
        super().__init__([BUILD / "daemon/signetd", "--dev", "--data-dir", self.data_dir, "--port", port,
                          "--workers", "1", "--signer", SIGNER], port, lambda s: answers(s, "/readyz"), one_core,
                         stderr=self.log)

    def ctl(self, *arguments):
        done = subprocess.run([str(BUILD / "tools/signetctl"), "--data-dir", str(self.data_dir), "--json",
                               *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"signetctl {arguments}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def add_clients(self, prefix, count, alg, audience, scopes):
        """Credentials of `count` clients of one algorithm."""
        clients = []
        for n in range(count):
            options = [o for s in scopes for o in ("--scope", s)]
            made = self.ctl("client", "add", f"{prefix}{n}", "--alg", alg, "--audience", audience, *options)
            clients.append((made["client_id"], made["client_secret"]))
        return clients


    def issue(self, client, count):
        """`count` access tokens of one client, through the batch endpoint."""
        tokens = []
        while len(tokens) < count:
            some = min(1000, count - len(tokens))
            request = urllib.request.Request(
                self.url + "/oauth2/token/batch", data=("[" + ",".join(["{}"] * some) + "]").encode(),
                headers={"Authorization": basic(*client), "Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                tokens += [json.loads(line)["access_token"] for line in answer.read().splitlines()]
        return tokens

    def introspection(self, token):
        """The body of an introspection by the resource server of the development directory."""
        secret = (self.data_dir / "demo-rs-secret").read_text().strip()
        request = urllib.request.Request(self.url + "/oauth2/introspect", data=f"token={token}".encode(),
                                         headers={"Authorization": basic("demo-rs", secret)})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()


class OidcProvider(Server):
    """`refresh_tokens` of them, and opaque access tokens with `opaque`, are written beside `file`."""

    def __init__(self, directory, port, alg, clients, refresh_tokens=0, opaque=0):
        file = Path(directory) / f"peer-{alg}.json"
        file.write_text(json.dumps([{"client_id": i, "client_secret": s} for i, s in clients]))
        peer = Path(__file__).parent / "peer" / "oidc-provider.mjs"
        self.refresh_tokens_file = Path(directory) / f"peer-{alg}-refresh-tokens"
        self.opaque_tokens_file = Path(directory) / f"peer-{alg}-opaque-tokens"
        grants = [refresh_tokens, self.refresh_tokens_file, opaque, self.opaque_tokens_file]
        super().__init__(["node", peer, port, alg, file, *grants], port,
                         lambda s: answers(s, "/.well-known/openid-configuration"),
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         env={**os.environ, "NODE_ENV": "production",
                              "NODE_OPTIONS": "--experimental-global-webcrypto"})


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def write_auth_file(directory, name, clients):
    path = Path(directory) / f"auth-{name}"
    path.write_text("".join(basic(i, s) + "\n" for i, s in clients))
    path.chmod(0o600)
    return path


def temporary_directory():
    """Not on tmpfs: durable figures would mean nothing there."""
    RUN.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=RUN, prefix="compare-", ignore_cleanup_errors=True)


def save_figures(name, figures):
    """Figures for the summary: what the table of targets asks for, by name."""
    folder = RUN / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")


def note(text):
    print(text, file=sys.stderr, flush=True)
