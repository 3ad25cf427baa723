#!/bin/bash
# Fuzzes every target with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
# Usage: tests/fuzz/run.sh [SECONDS PER TARGET, default 60] [TARGET]...
# Needs clang and its runtime (Debian: clang-19 libclang-rt-19-dev). Builds in build-fuzz/, keeps what it learns in
# build-fuzz/learnt/TARGET and a failing input in build-fuzz/found/. Exit: 0 nothing found, 1 something found.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for file in tests/fuzz/*_fuzz.cc; do
    name=$(basename "$file" _fuzz.cc)
    [ "$name" = canary ] || targets+=("$name")
  done
fi

build=build-fuzz
if [ ! -f $build/build.ninja ]; then
  CC=${CC:-clang-19} CXX=${CXX:-clang++-19} meson setup $build -Dfuzzers=true -Dbenchmarks=false \
    -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
fi
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1  # otherwise undefined behaviour is only printed
programs=()
for name in canary "${targets[@]}"; do programs+=("tests/fuzz/${name}_fuzz"); done
ninja -C $build "${programs[@]}"
mkdir -p $build/found

# libFuzzer runs TARGET with the options that follow; what it learns never lands among the seeds.
fuzz() {
  local name=$1
  shift
  mkdir -p "$build/learnt/$name"
  "$build/tests/fuzz/${name}_fuzz" -timeout=5 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="$build/found/$name-" "$@"
}

# The canary first, from nothing: if its planted failure is not found, neither would a real one be.
if fuzz canary -max_total_time=30 -max_len=16 >/dev/null 2>$build/canary.log; then
  echo "the canary was not found: the fuzzers are blind" >&2
  exit 1
fi
grep -q "canary: planted failure reached" $build/canary.log || { cat $build/canary.log >&2; exit 1; }
rm -f $build/found/canary-*
echo "canary: found, as it must be"

status=0
for name in "${targets[@]}"; do
  if fuzz "$name" -max_total_time="$seconds" -max_len=4096 "$build/learnt/$name" "tests/fuzz/corpus/$name"; then
    echo "$name: nothing found in $seconds s, $(find "$build/learnt/$name" -type f | wc -l) inputs learnt"
  else
    echo "$name: FAILED, see $build/found/" >&2
    status=1
  fi
done
exit $status
