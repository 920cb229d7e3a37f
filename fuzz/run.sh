#!/bin/sh
# Runs every fuzz target: `sh fuzz/run.sh RUNS` so many executions each, `sh fuzz/run.sh RUNS SECONDS` at most so long each.
# Needs no other toolchain: the coverage of libfuzzer alone, without a sanitizer.
set -eu
cd "$(dirname "$0")"
runs=${1:-2000} seconds=${2:-12}
unset RUSTFLAGS
export RUSTC_BOOTSTRAP=1
cargo fuzz --version 2>/dev/null | grep -q ' 0\.13\.' || cargo install --locked --version 0.13.2 cargo-fuzz
cargo fuzz build --sanitizer none
for target in targets/*.rs; do
    target=$(basename "$target" .rs)
    mkdir -p "artifacts/$target" "corpus/$target"
    echo "fuzz $target"
    log=artifacts/$target.log status=0
    "target/$(rustc -vV | sed -n 's/^host: //p')/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" \
        -runs="$runs" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1 \
        >"$log" 2>&1 || status=$?
    grep -E 'number_of_executed|ERROR|panicked|SUMMARY' "$log" || true
    # A stack that ran over leaves no artifact.
    if [ "$status" != 0 ] || [ -n "$(ls "artifacts/$target")" ]; then
        echo "ended with $status: fuzz/$log, and fuzz/artifacts/$target, have what failed; make it a test, and a file in fuzz/regressions/$target" >&2
        exit 1
    fi
done
