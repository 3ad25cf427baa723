"""One measured round: wrk on core 1 against a server on core 0, with the server's own CPU time."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from servers import cpu_seconds, resident_mib

LOAD_CORE = "1"
FORM = "grant_type=client_credentials"


@dataclass
class Round:
    rate: float          # requests a second
    cpu_us: float        # server CPU time per request
    server_busy: float   # share of its core
    load_busy: float     # share of the generator's core
    p50_ms: float
    p99_ms: float
    errors: int
    resident_mib: float


def measure(server, path, seconds, connections=64, auth_file=None, body=None):
    environment = {**os.environ, "LOAD_METHOD": "POST" if body is not None else "GET"}
    if body is not None:
        environment["LOAD_BODY"] = body
    if auth_file is not None:
        environment["LOAD_AUTH_FILE"] = str(auth_file)
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
               "-s", str(Path(__file__).parent / "load.lua"), server.url + path]
    before_cpu, before = cpu_seconds(server.pid), time.monotonic()
    wrk = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    load_cpu = {}
    watcher = threading.Thread(target=watch, args=(wrk, load_cpu))
    watcher.start()
    out, _ = wrk.communicate()
    watcher.join()
    elapsed = time.monotonic() - before
    cpu = cpu_seconds(server.pid) - before_cpu
    result = next(line for line in out.splitlines() if line.startswith("RESULT ")).split()
    requests, duration_us, errors = (int(x) for x in result[1:4])
    if requests == 0:
        raise RuntimeError(f"no request was answered: {out}")
    return Round(rate=requests / (duration_us / 1e6), cpu_us=cpu / requests * 1e6, server_busy=cpu / elapsed,
                 load_busy=load_cpu.get("cpu", 0) / elapsed, p50_ms=float(result[4]), p99_ms=float(result[5]),
                 errors=errors, resident_mib=resident_mib(server.pid))


def watch(process, into):
    """The generator's CPU time, read while it lives."""
    while process.poll() is None:
        try:
            into["cpu"] = cpu_seconds(process.pid)
        except OSError:
            return
        time.sleep(0.05)
