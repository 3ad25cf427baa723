#!/bin/sh
# clang-tidy's bug profile over the tree (about fifteen minutes on two cores), or over the files named.
#   tools/lint.sh [FILE.cc...]
set -eu
cd "$(dirname "$0")/.."
sh tools/install-packages.sh lint
if [ ! -f build-lint/build.ninja ]; then
  CC=clang-19 CXX=clang++-19 meson setup build-lint -Dbuildtype=debug
fi
# What is generated must be there before a file is analysed.
ninja -C build-lint -t targets all | sed -n 's/^\(.*\(\.pb\.h\|\.pb\.cc\|\.inc\)\): .*/\1/p' | xargs -r ninja -C build-lint
if [ $# -eq 0 ]; then
  set -- $(git ls-files 'protocol/*.cc' 'keystore/*.cc' 'daemon/*.cc' 'tools/*.cc')
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy-19 --quiet -p build-lint
