#!/bin/sh
# Asks independent tools what they make of the formats of other tools, for the sample bundles and for
# a fleet of 365 nodes made of them, and prints their counts beside ours: for release runs, since the
# tools are many and large. Each is shown a broken document first. Then what each format costs.
#
#   scripts/validate-formats.sh NODEPROOF [FOLDER]
#
# The tools are installed into FOLDER (default: target/validate-formats) and stay there. STIG
# Manager's importer is that of tests/formats (npm ci), oscap and zstd are Debian's. No such tool
# reads kube-bench's or DefectDojo's format.
# shellcheck disable=SC2317 # functions are called by `holds` and `refuses`
set -eu
nodeproof=$(realpath "$1")
mkdir -p "${2:-target/validate-formats}"
folder=$(cd "${2:-target/validate-formats}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
python=$folder/python/bin/python
out=$folder/out
rm -rf "$out"
mkdir "$out"
failed=0

if [ ! -x "$folder/python/bin/trestle" ]; then
    python3 -m venv "$folder/python"
    "$python" -m pip install -q compliance-trestle==5.2.0 py-ocsf-models==0.10.0 pyarrow==26.0.1 duckdb==2.0.1 \
        junitparser==5.0.3 prometheus-client==0.26.0 sarif-tools==3.0.5
fi
if [ ! -d "$folder/node_modules/@mitre/saf" ]; then
    npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent \
        @microsoft/sarif-multitool@5.7.0 @mitre/saf@1.5.3
fi
multitool=$folder/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$multitool"
export NODE_PATH="$folder/node_modules"
PATH=$folder/node_modules/.bin:$folder/python/bin:$PATH

say() { printf '%-8s %-12s %-18s %s\n' "$set" "$1" "$2" "$3"; }
# What a tool must take: format, tool, command.
holds() {
    name=$1 tool=$2
    shift 2
    if told=$("$@" 2>&1); then
        say "$name" "$tool" "$(printf '%s' "$told" | tail -n 1)"
    else
        failed=1
        say "$name" "$tool" "REFUSED"
        printf '%s\n' "$told" | tail -n 20 | cut -c 1-300
    fi
}
# A broken document, which it must not take.
refuses() {
    name=$1 tool=$2
    shift 2
    if "$@" >/dev/null 2>&1; then
        failed=1
        say "$name" "$tool" "TAKES A BROKEN DOCUMENT"
    fi
}
# A reader of check.py: format, tool, kind, run, a file to break.
check() {
    head -c 2000 "$5" >"$out/broken.${5##*.}"
    refuses "$1" "$2" "$python" "$here/validate/check.py" "$3" "$4" "$out/broken.${5##*.}"
    holds "$1" "$2" "$python" "$here/validate/check.py" "$3" "$4"
}
first() { find "$1" -type f ! -name index.csv | sort | head -n 1; }
# Its exit code is 0 whatever it finds.
multitool_accepts() {
    "$multitool" validate "$1" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' >"$out/multitool.txt" 2>&1
    ! grep -E ': error (SARIF|GH)' "$out/multitool.txt" && echo "no error"
}
trestle_accepts() {
    name=$(basename "$1" | tr -c 'a-zA-Z0-9\n' -)
    (cd "$out/trestle" && trestle import -f "$1" -o "$name" && trestle validate -t assessment-results -n "$name")
}

cat >"$out/waivers.yaml" <<'YAML'
waivers:
  - {control: "4.2.12", nodes: ["*"], justification: the <old> balancer, owner: Ann, expires: 2027-01-31}
  - {control: V-242387, nodes: ["*"], justification: why, owner: Ann, expires: 2027-01-31}
attestations:
  - {control: "4.2.6", nodes: ["*"], answer: pass, by: Ann, at: 2026-11-01, artefact: photo 7}
YAML
"$python" "$here/validate/fleet.py" "$here/../sample-bundles" "$out/fleet" 26
cp -r "$here/../sample-bundles" "$out/samples"
mkdir "$out/trestle"
(cd "$out/trestle" && trestle init --local >/dev/null)

has_parquet=
"$nodeproof" analyze "$out/samples" --quiet --format parquet >/dev/null 2>&1 || [ $? = 2 ] || has_parquet=parquet
# Judges $set by a benchmark into a folder: benchmark, folder, formats of the run, of a document each.
judge() {
    mkdir -p "$2"
    cd "$2"
    set -- "$1" "$2" "$3" "$4" -o all.json
    for ending in $3; do set -- "$@" -o "all.$ending"; done
    for format in $4; do set -- "$@" -o "$format/" --format "$format" -o "$format.zip" --format "$format"; done
    benchmark=$1
    shift 4
    "$nodeproof" analyze "$out/$set" -b "$benchmark" --quiet --as-of 2026-11-26 --waivers "$out/waivers.yaml" "$@" \
        2>remarks.txt || [ $? = 3 ]
    grep -v '\.zip: ' remarks.txt | sed 's/^/    /'
}

for set in samples fleet; do
    auto=$out/of-$set/auto
    stig=$out/of-$set/stig
    judge auto "$auto" "junit.xml sarif ocsf.jsonl defectdojo.json prom ${has_parquet:+parquet}" "oscal hdf xccdf arf kube-bench"
    judge stig-kubernetes-v2r4 "$stig" "" "cklb ckl xccdf arf oscal hdf"
    check junit junitparser junit "$auto" "$auto/all.junit.xml"
    check sarif sarif-tools sarif "$auto" "$auto/all.sarif"
    sed 's/"ruleIndex":[0-9]*/"ruleIndex":9999/' "$auto/all.sarif" >"$out/broken.sarif"
    refuses sarif sarif-multitool multitool_accepts "$out/broken.sarif"
    holds sarif sarif-multitool multitool_accepts "$auto/all.sarif"
    check ocsf py-ocsf-models ocsf "$auto" "$auto/all.ocsf.jsonl"
    check prom prometheus-client prom "$auto" "$auto/all.prom"
    if [ "$has_parquet" ]; then
        check parquet pyarrow pyarrow "$auto" "$auto/all.parquet"
        check parquet duckdb duckdb "$auto" "$auto/all.parquet"
    fi
    for run in "$auto" "$stig"; do
        check oscal trestle trestle "$run" "$(first "$run/oscal")"
        check hdf inspecjs inspecjs "$run" "$(first "$run/hdf")"
        check hdf saf saf "$run" "$(first "$run/hdf")"
        check xccdf oscap oscap-xccdf "$run" "$(first "$run/xccdf")"
        check arf oscap oscap-arf "$run" "$(first "$run/arf")"
        check zip python zip "$run" "$(find "$run" -name '*.zip' | head -n 1)"
    done
    for file in $(find "$auto/oscal" -name '*.json' | sort | head -n 2); do
        head -c 2000 "$file" >"$out/broken.json"
        refuses oscal 'trestle validate' trestle_accepts "$out/broken.json"
        holds oscal 'trestle validate' trestle_accepts "$file"
    done
    for format in cklb ckl xccdf; do
        check "$format" 'STIG Manager' "$format" "$stig" "$(first "$stig/$format")"
    done
done
"$python" "$here/validate/cost.py" "$nodeproof" "$out/fleet" "$out/cost" "${has_parquet:+parquet}"
exit "$failed"
