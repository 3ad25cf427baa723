#!/bin/sh
# Passes when the canary's replay ends by its planted failure and by nothing else.
# Usage: canary_test.sh REPLAY CORPUS
out=$("$1" "$2" 2>&1)
status=$?
if [ "$status" -eq 0 ]; then
  echo "the canary was replayed without failing: the harness does not run its targets" >&2
  exit 1
fi
case "$out" in
  *"canary: planted failure reached"*) exit 0 ;;
esac
echo "the canary failed for another reason: $out" >&2
exit 1
