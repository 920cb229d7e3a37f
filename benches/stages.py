#!/usr/bin/env python3
"""Instructions of each stage per bundle, by callgrind: they do not depend on what else the machine does.

    python3 benches/stages.py target/release/nodeproof target/bench-corpus/…/bundles

Runs the program on 20 and on 60 bundles of one kind and prints a fortieth of the difference, so that the start is not in
it; of the start by itself, the run on 20 less 20 bundles. Inclusive: a stage has those that are set in below it. SHA-256 is
counted in software, since valgrind hides the processor's own instructions for it. Needs valgrind, and a program built with
CARGO_PROFILE_RELEASE_DEBUG=line-tables-only.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

# What is printed, how deep it is set in, and the function that callgrind counts.
STAGES = [
    ("all", 0, r"PROGRAM TOTALS"),
    ("catalog", 1, r"src/benchmark/catalog\.rs:nodeproof::benchmark::catalog::Catalog::load "),
    ("first pass", 1, r"src/fleet/index\.rs:nodeproof::fleet::index::Index::of "),
    ("reading a bundle", 1, r"src/bundle/read\.rs:nodeproof::bundle::read::read_counted "),
    ("inflating, both passes", 2, r"zlib_rs::inflate::inflate "),
    ("recognising, file metadata", 1, r"src/evidence/mod\.rs:nodeproof::evidence::Evidence::of_machine "),
    ("processes", 1, r"src/evidence/process\.rs:nodeproof::evidence::process::<impl nodeproof::evidence::Evidence>::processes "),
    ("components of the node", 1, r"src/verdict/subject\.rs:nodeproof::verdict::subject::Subject::of "),
    ("kubelets", 2, r"src/settings/kubelet_process/read\.rs:.*KubeletProcess>::read "),
    ("static pods", 2, r"planned_components "),
    ("other components", 2, r"src/verdict/running\.rs:nodeproof::verdict::running::others "),
    ("rows", 1, r"src/pipeline/rows\.rs:nodeproof::pipeline::rows::<impl nodeproof::pipeline::run::Run>::rows_of "),
    ("verdicts", 2, r"src/verdict/mod\.rs:nodeproof::verdict::judge "),
    ("writing, in row order", 1, r"nodeproof::pipeline::analyze::Settled::take "),
    ("YAML, wherever", 1, r"src/evidence/yaml\.rs:nodeproof::evidence::yaml::parse "),
    ("SHA-256, wherever", 1, r"sha256_block_data_order "),
]
KINDS = {"worker": "worker", "control plane": "-cp-"}


def counted(program, bundles):
    """Instructions by function as callgrind names it, inclusive."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "list").write_text("".join(f"{bundle}\n" for bundle in bundles))
        ran = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "analyze", "--list", folder / "list",
             "-q", "-j1", "-o", folder / "matrix.csv"],
            capture_output=True, text=True, check=False)
        if ran.returncode not in (0, 3):
            sys.exit(ran.stderr)
        printed = subprocess.run(
            ["callgrind_annotate", "--inclusive=yes", "--threshold=100", folder / "out"],
            capture_output=True, text=True, check=True).stdout
    found = {}
    for line in printed.splitlines():
        count = re.match(r"\s*([\d,]+) \(", line)
        for name, _, function in STAGES:
            # Recursion and inlining print a function more than once; the largest has all of it.
            if count and re.search(function, line + " "):
                found[name] = max(found.get(name, 0), int(count[1].replace(",", "")))
    return found


def main():
    program, folder = sys.argv[1:]
    columns = {}
    for kind, part in KINDS.items():
        bundles = sorted(str(path.resolve()) for path in Path(folder).iterdir() if part in path.name)[:60]
        if len(bundles) < 60:
            sys.exit(f"{folder} has {len(bundles)} bundles of a {kind}, and 60 are wanted")
        few, many = counted(program, bundles[:20]), counted(program, bundles)
        columns[kind] = {name: (many.get(name, 0) - few.get(name, 0)) / 40 for name, *_ in STAGES}
        columns.setdefault("start", {
            name: few.get(name, 0) - 20 * columns[kind][name] for name in ("all", "catalog")})
    print("| thousand instructions | " + " | ".join(KINDS) + " |\n|---|" + "--:|" * len(KINDS))
    for name, depth, _ in STAGES:
        if name != "catalog":
            cells = [f"{columns[kind][name] / 1000:,.0f}" for kind in KINDS]
            print(f"| {'– ' * (depth - 1)}{name} | " + " | ".join(cells) + " |")
    start = columns["start"]
    print(f"\nThe start, once: {start['all'] / 1e6:,.1f} million, of which {start['catalog'] / 1e6:,.1f} the catalog.")


if __name__ == "__main__":
    main()
