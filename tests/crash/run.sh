#!/bin/sh
# The long crash tests: tests/crash/run.sh CYCLES [SEED], up to 1500 cycles
# Builds what is needed, then ends the store and the daemon CYCLES times each way that README.md lists, and lets syncs
# fail in a part of as many cycles. SEED replays a run that failed: each test prints its seed first.
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: tests/crash/run.sh CYCLES [SEED]" >&2
  exit 2
fi
cd "$(dirname "$0")/../.."
build=${BUILD_DIR:-build}
[ -f "$build/build.ninja" ] || meson setup "$build" >&2
ninja -C "$build" tests/crash/store_crash tests/crash/power_crash daemon/signetd tools/signetctl >&2
program="$build/tests/crash/store_crash"
seed=${2:+--seed $2}
# shellcheck disable=SC2086  # two words or none
"$program" --cycles "$1" $seed
for error in EIO ENOSPC; do
  status=0
  # shellcheck disable=SC2086
  "$program" --cycles "$(($1 / 10 + 1))" --inject "$error" $seed || status=$?
  if [ "$status" -eq 77 ]; then
    echo "$error: skipped, strace cannot be used here" >&2
  elif [ "$status" -ne 0 ]; then
    exit "$status"
  fi
done
# shellcheck disable=SC2086
"$build/tests/crash/power_crash" --cycles "$1" $seed
SIGNET_BUILD=$(cd "$build" && pwd) SIGNET_CRASH_CYCLES=$1
export SIGNET_BUILD SIGNET_CRASH_CYCLES
if [ $# -eq 2 ]; then
  export SIGNET_CRASH_SEED="$2"
fi
python3 tests/crash/refresh_crash_test.py
python3 tests/crash/vcloud_crash_test.py
