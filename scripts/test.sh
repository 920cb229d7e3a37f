#!/bin/sh
# Sets up and runs all tests. Packages are installed only where this user may, and only if missing.
set -eu
cd "$(dirname "$0")/.."

missing=
while read -r program package; do
    command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || missing="$missing $package"
done <<LIST
busybox busybox
shellcheck shellcheck
zstd zstd
etcd etcd-server
kubectl kubernetes-client
sshd openssh-server
ssh openssh-client
soffice libreoffice-calc
chromium chromium
node nodejs
npm npm
LIST
if [ -n "$missing" ] && command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        # shellcheck disable=SC2086 # a list of words
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null ||
            echo "could not install:$missing; tests that need them will say so" >&2
    else
        echo "missing, and only root can install them:$missing; tests that need them will say so" >&2
    fi
fi
if command -v npm >/dev/null 2>&1 && [ ! -d tests/page/node_modules ]; then
    (cd tests/page && npm ci --no-audit --no-fund --silent) ||
        echo "could not install what the browser test needs; it will say so" >&2
fi
# All targets, also after one that fails: the last one counts the tests that were skipped.
exec cargo test --locked --no-fail-fast "$@"
