#!/bin/sh
# Signet beside nginx `return 200` and node-oidc-provider, in one run: one table of rate, CPU per request, ratios,
# latency and memory. About ten minutes on two idle cores; run nothing else meanwhile.
#   bench/compare/run.sh [--rounds N] [--seconds S] [--only NAME,...]
set -eu
cd "$(dirname "$0")/../.."
sh tools/install-packages.sh bench
[ -f build/build.ninja ] || meson setup build
meson compile -C build signetd signetctl signet-load signing_bench
(cd bench/compare/peer && npm ci --no-audit --no-fund --loglevel=error)
exec /usr/bin/python3 bench/compare/compare.py "$@"
