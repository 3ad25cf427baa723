#!/bin/sh
# Signet beside nginx `return 200` and node-oidc-provider, then everything else that has a target; prints each table and
# last the targets beside what was measured. About an hour on two idle cores; run nothing else meanwhile.
#   bench/compare/run.sh [PART...]      parts, all of them when none is named: compare fairness million steady scaling
#                                       generator refresh introspect verify never-seen batch feed revocations families
#                                       dialects rotation issuance-audit audit-verify
# The parts take options when run by themselves, see bench/compare/*.py.
set -eu
cd "$(dirname "$0")/../.."
sh tools/install-packages.sh bench
[ -f build/build.ninja ] || meson setup build
meson configure build -Dtests=true -Dbenchmarks=true
meson compile -C build signetd signetctl signet-load signing_bench authentication_timing fill_store
(cd bench/compare/peer && npm ci --no-audit --no-fund --loglevel=error)

[ $# -gt 0 ] || set -- compare fairness million steady scaling generator refresh introspect verify never-seen batch feed \
  revocations families dialects rotation issuance-audit audit-verify
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), file system of the data:" \
  "$(stat -f -c %T build)"
for part in "$@"; do
  printf '\n## %s\n\n' "$part"
  case "$part" in
    steady)
      /usr/bin/python3 bench/steady/steady_state.py --save build/bench-run/figures/steady.json || true
      ;;
    introspect | verify) /usr/bin/python3 bench/compare/checks.py "$part" ;;
    never-seen) /usr/bin/python3 bench/compare/never_seen.py ;;
    issuance-audit) /usr/bin/python3 bench/compare/issuance_audit.py ;;
    audit-verify) /usr/bin/python3 bench/compare/audit_verify.py ;;
    *) /usr/bin/python3 "bench/compare/$part.py" ;;
  esac
done
printf '\n## targets\n\n'
/usr/bin/python3 bench/compare/summary.py
