#!/bin/sh
# The long crash test of the store: tests/crash/run.sh CYCLES [SEED]
# Builds store_crash when needed, kills its workload CYCLES times, then lets syncs fail CYCLES / 10 times each way.
# SEED replays a run that failed: the seed is printed first.
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: tests/crash/run.sh CYCLES [SEED]" >&2
  exit 2
fi
cd "$(dirname "$0")/../.."
build=${BUILD_DIR:-build}
[ -f "$build/build.ninja" ] || meson setup "$build" >&2
ninja -C "$build" tests/crash/store_crash >&2
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
