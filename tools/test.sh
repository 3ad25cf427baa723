#!/bin/sh
# Installs what the tests need, builds everything and runs every test. Safe to run again.
#   tools/test.sh [release|asan|tsan]   (default release; asan and tsan build with clang into build-asan, build-tsan)
set -eu
cd "$(dirname "$0")/.."

preset=${1:-release}
case "$preset" in
  release) purpose=test; build=build ;;
  asan | tsan) purpose=lint; build=build-$preset ;;
  *)
    echo "usage: $0 [release|asan|tsan]" >&2
    exit 2
    ;;
esac

# Reports name lines; more debugging information would take longer to write than the code.
sanitized="-Dbuildtype=plain -Doptimization=1 -Dc_args=-gline-tables-only -Dcpp_args=-gline-tables-only -Db_lundef=false"

sh tools/install-packages.sh "$purpose"
# shellcheck disable=SC2086  # $sanitized is a list of words on purpose
if [ ! -f "$build/build.ninja" ]; then
  case "$preset" in
    release) meson setup "$build" -Dtests=true -Dbenchmarks=true ;;
    asan)
      CC=clang-19 CXX=clang++-19 meson setup "$build" $sanitized -Db_sanitize=address,undefined
      ;;
    tsan)
      CC=clang-19 CXX=clang++-19 meson setup "$build" $sanitized -Db_sanitize=thread
      ;;
  esac
else
  # The quick start configures without tests.
  meson configure "$build" -Dtests=true -Dbenchmarks=true
fi
meson compile -C "$build"

# Node 18 has Web Crypto only behind this flag; newer ones accept and ignore it.
export NODE_OPTIONS="${NODE_OPTIONS:-} --experimental-global-webcrypto"
(cd tests/conformance && npm ci --no-audit --no-fund --loglevel=error)

# Every finding of a sanitizer fails its test: UBSan would else print and go on, TSan only at the exit of the program.
# What runs under a sanitizer is slower, so that the time-outs are three times as long.
multiplier=1
if [ "$preset" != release ]; then
  multiplier=3
  symbolizer=$(command -v llvm-symbolizer-19)
  export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:external_symbolizer_path=$symbolizer"
  export ASAN_OPTIONS="halt_on_error=1:detect_stack_use_after_return=1:external_symbolizer_path=$symbolizer"
  export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:external_symbolizer_path=$symbolizer"
  export TSAN_OPTIONS="$TSAN_OPTIONS:suppressions=$PWD/tests/support/tsan.supp"
fi

status=0
meson test -C "$build" -t "$multiplier" --print-errorlogs || status=$?

# One closing line that says how many ran.
python3 - "$build/meson-logs/testlog.json" <<'PY'
import json
import sys

passed = failed = skipped = 0
with open(sys.argv[1]) as log:
    for line in log:
        result = json.loads(line)["result"]
        if result in ("OK", "EXPECTEDFAIL"):
            passed += 1
        elif result == "SKIP":
            skipped += 1
        else:
            failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
PY
exit "$status"
