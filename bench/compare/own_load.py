"""One measured round of signet-load on core 1 against a server on core 0, with the server's own CPU time.

What signet-load prepares (tokens, families) is not part of the figures: they begin at its line "prepared".
"""

import json
import subprocess
import threading
import time

from load import LOAD_CORE, Round, watch
from servers import BUILD, cpu_seconds, resident_mib


def measure(server, scenario, seconds, *arguments, connections=64, data_dir=None):
    """A load.Round; p99 is signet-load's. Raises when the run failed."""
    command = ["taskset", "-c", LOAD_CORE, BUILD / "tools/signet-load", scenario, "--url", server.url,
               "--connections", connections, "--duration", seconds, "--json", *arguments]
    if data_dir is not None:
        command += ["--data-dir", data_dir]
    began, before = time.monotonic(), cpu_seconds(server.pid)
    load = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    used, said = {}, []
    watcher = threading.Thread(target=watch, args=(load, used))
    watcher.start()
    prepared_cpu = 0
    for line in load.stderr:
        if line.startswith("prepared "):
            began, before = time.monotonic(), cpu_seconds(server.pid)
            prepared_cpu = used.get("cpu", 0)
        else:
            said.append(line)
    out = load.stdout.read()
    load.wait()
    watcher.join()
    load.stdout.close()
    load.stderr.close()
    elapsed, cpu = time.monotonic() - began, cpu_seconds(server.pid) - before
    if load.returncode != 0:
        raise RuntimeError(f"signet-load {scenario} ended with {load.returncode}: {''.join(said)}")
    result = json.loads(out)
    # Never-seen tokens may be used up before the time is: their CPU time counts by the time that they lasted.
    requests = result["requests_per_s"] * min(elapsed, seconds)
    return Round(rate=result["requests_per_s"], cpu_us=cpu / requests * 1e6, server_busy=cpu / elapsed,
                 load_busy=max(0, used.get("cpu", 0) - prepared_cpu) / elapsed, p50_ms=result["p50_ms"],
                 p99_ms=result["p99_ms"], errors=result["errors"], resident_mib=resident_mib(server.pid))


def secret_file(directory, name, secret):
    path = directory / f"{name}.secret"
    path.write_text(secret)
    path.chmod(0o600)
    return path
