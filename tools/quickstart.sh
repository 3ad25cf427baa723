#!/bin/sh
# From a bare Debian 12 to a signed token: installs what is needed, builds, starts `signetd --dev`, issues a token,
# checks it against the published keys, prints both, and keeps serving until Ctrl-C.
#   tools/quickstart.sh [--once] [--port N] [--data-dir DIR]
#   --once: end after printing (exit 0)
set -eu
cd "$(dirname "$0")/.."

once=no
port=8420
data_dir=./signet-dev
while [ $# -gt 0 ]; do
  case "$1" in
    --once) once=yes ;;
    --port) port=$2; shift ;;
    --data-dir) data_dir=$2; shift ;;
    *)
      echo "usage: $0 [--once] [--port N] [--data-dir DIR]" >&2
      exit 2
      ;;
  esac
  shift
done

say() { printf '\n== %s\n' "$*"; }

say "Installing what is missing"
sh tools/install-packages.sh quickstart

say "Building (a few minutes the first time)"
[ -f build/build.ninja ] || meson setup build -Dtests="${SIGNET_TESTS:-false}" -Dbenchmarks=false
meson compile -C build signetd signetctl signetctl-offline

say "Starting signetd --dev on http://127.0.0.1:$port"
log=$(mktemp)
build/daemon/signetd --dev --data-dir "$data_dir" --port "$port" 2>"$log" &
daemon=$!
# End only what this script started.
trap 'kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; rm -f "$log"' EXIT
trap 'exit 0' INT TERM
waited=0
until grep -qx ready "$log"; do
  if ! kill -0 "$daemon" 2>/dev/null; then
    echo "signetd ended before it was ready:" >&2
    cat "$log" >&2
    exit 1
  fi
  waited=$((waited + 1))
  if [ "$waited" -gt 600 ]; then
    echo "signetd was not ready within 60 s:" >&2
    cat "$log" >&2
    exit 1
  fi
  sleep 0.1
done

say "Asking for a token as the client \"demo\""
cat <<TEXT
  curl --user "demo:\$(cat $data_dir/demo-secret)" \\
    --data grant_type=client_credentials http://127.0.0.1:$port/oauth2/token
TEXT
# The secret goes to curl by a configuration on standard input, never by argv.
answer=$(printf 'user = "demo:%s"\n' "$(cat "$data_dir/demo-secret")" |
  curl --silent --show-error --fail-with-body --config - --data grant_type=client_credentials \
    "http://127.0.0.1:$port/oauth2/token")
echo "$answer"

say "Checking it with PyJWT, against the published keys alone"
printf '%s' "$answer" | /usr/bin/python3 tools/check-token.py "http://127.0.0.1:$port" urn:demo

if [ "$once" = yes ]; then
  exit 0
fi
say "Serving on http://127.0.0.1:$port until Ctrl-C (log follows)"
tail -n +1 -f "$log" --pid="$daemon" &
wait "$daemon"
