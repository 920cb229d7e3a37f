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
sos sosreport
soffice libreoffice-calc
chromium chromium
node nodejs
npm npm
xmllint libxml2-utils
oscap openscap-scanner
python3 python3-venv
java openjdk-17-jre-headless
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
for folder in tests/page tests/formats; do
    if command -v npm >/dev/null 2>&1 && [ ! -d "$folder/node_modules" ]; then
        (cd "$folder" && npm ci --no-audit --no-fund --silent) ||
            echo "could not install what tests in $folder need; they will say so" >&2
    fi
done
python=$PWD/target/validators/bin/python
if [ ! -x "$python" ] && command -v python3 >/dev/null 2>&1; then
    { python3 -m venv target/validators && "$python" -m pip install -q -r tests/run_formats/requirements.txt; } ||
        echo "could not install readers of other formats; the tests that ask them will say so" >&2
fi
# About 800 MB, most of it Spark.
if [ -x "$python" ] && ! "$python" -c 'import pandas, pyarrow, pyspark' 2>/dev/null; then
    "$python" -m pip install -q -r scripts/spark/requirements.txt ||
        echo "could not install Spark; the tests that ask it will say so" >&2
fi
[ ! -x "$python" ] || export NODEPROOF_PYTHON="$python"
# All targets, also after one that fails: the last one counts the tests that were skipped.
exec cargo test --locked --no-fail-fast "$@"
