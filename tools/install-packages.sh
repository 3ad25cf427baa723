#!/bin/sh
# Installs the Debian packages that a purpose needs, says which, and does nothing when all are there.
#   tools/install-packages.sh build|quickstart|test|bench|lint
set -eu

build="build-essential meson ninja-build pkg-config protobuf-compiler libuv1-dev node-llhttp libsodium-dev libssl-dev
librocksdb-dev libprotobuf-dev libconcurrentqueue-dev rapidjson-dev libtomlplusplus-dev libcli11-dev libfmt-dev
libp11-kit-dev"
# quickstart shows a token being made and checked with what a user has: curl and a JWT library.
quickstart="$build curl ca-certificates python3 python3-jwt python3-cryptography"
test="$quickstart git libgtest-dev libgmock-dev libbenchmark-dev nginx-light haproxy strace faketime valgrind procps
clang-format-19 bash-completion systemd softhsm2 opensc"
bench="$test wrk redis-server"
# llvm-19 has the symbolizer, without which a sanitizer's report names no line.
lint="$test clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19"

case "${1:-}" in
  build) wanted=$build ;;
  quickstart) wanted=$quickstart ;;
  test) wanted=$test ;;
  bench) wanted=$bench ;;
  lint) wanted=$lint ;;
  *)
    echo "usage: $0 build|quickstart|test|bench|lint" >&2
    exit 2
    ;;
esac

# Another source of Node.js is as good as Debian's, and Debian's npm would conflict with it.
case "$1" in
  test | bench | lint)
    command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
    command -v npm >/dev/null 2>&1 || wanted="$wanted npm"
    ;;
esac

missing=""
for package in $wanted; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  exit 0
fi

echo "Installing Debian packages:$missing" >&2
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Not root and no sudo. Run as root:  apt-get install$missing" >&2
    exit 1
  fi
  sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >&2
# shellcheck disable=SC2086  # a list of words on purpose
$sudo apt-get install -q -y --no-install-recommends $missing >&2
