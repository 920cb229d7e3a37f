#!/bin/sh
# Asks independent tools what they make of a report in each format, and prints their counts beside
# ours: for release runs, since the tools are many and large. Each is shown a broken document first.
#
#   scripts/validate-formats.sh NODEPROOF REPORT.json [FOLDER]
#
# The tools are installed into FOLDER (default: target/validate-formats) and stay there.
# shellcheck disable=SC2317 # functions are called by `holds` and `refuses`
set -eu
nodeproof=$(realpath "$1")
report=$(realpath "$2")
mkdir -p "${3:-target/validate-formats}"
folder=$(cd "${3:-target/validate-formats}" && pwd)
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
saf=$folder/node_modules/.bin/saf

say() { printf '%-12s %-18s %s\n' "$1" "$2" "$3"; }
# A check that must hold: name, tool, command.
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
# A check of a broken document, which must not hold.
refuses() {
    name=$1 tool=$2
    shift 2
    if "$@" >/dev/null 2>&1; then
        failed=1
        say "$name" "$tool" "TAKES A BROKEN DOCUMENT"
    fi
}
has_format() {
    "$nodeproof" convert "$report" --format "$1" -o "$out/probe/" 2>&1 | grep -q 'there is no format' && return 1
    rm -rf "$out/probe"
}

cd "$folder"
for format in junit.xml sarif ocsf.jsonl defectdojo.json prom; do
    "$nodeproof" convert "$report" -o "$out/all.$format" 2>>"$out/remarks.txt"
done

cat >"$out/check.py" <<'PYTHON'
import json, sys
what, path, report = sys.argv[1:4]
rows = json.load(open(report))["findings"]
count = lambda *verdicts: sum(r["verdict"] in verdicts for r in rows)
waived = sum(r["verdict"] == "fail" and bool(r["waiver"]) for r in rows)
def same(theirs, ours):
    print("theirs", *theirs, "ours", *ours)
    sys.exit(theirs != ours)
if what == "junit":
    from junitparser import JUnitXml
    all = list(JUnitXml.fromfile(path))
    same([sum(len(list(s)) for s in all)] + [sum(getattr(s, k) for s in all) for k in ("failures", "errors", "skipped")],
         [len(rows), count("fail") - waived, count("error"), count("unknown", "manual", "not-applicable") + waived])
if what == "sarif":
    from sarif import loader
    results = loader.load_sarif_file(path).get_results()
    same([len(results), sum(bool(r.get("suppressions")) for r in results)], [count("fail"), waived])
if what == "ocsf":
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
    events = [ComplianceFinding(**json.loads(line)) for line in open(path)]
    status = lambda n: sum(int(e.compliance.status_id.value if hasattr(e.compliance.status_id, "value") else e.compliance.status_id) == n for e in events)
    same([len(events)] + [status(n) for n in (1, 2, 3, 99)],
         [len(rows), count("pass"), count("unknown", "error"), count("fail"), count("manual", "not-applicable")])
if what == "prom":
    from prometheus_client.parser import text_string_to_metric_families
    samples = [s for f in text_string_to_metric_families(open(path, newline="").read()) for s in f.samples]
    total = lambda name: int(sum(s.value for s in samples if s.name == "nodeproof_" + name))
    same([total("findings"), total("findings_waived"), total("bundles_unreadable")],
         [sum(bool(r["control"]) for r in rows), waived, sum(not r["control"] for r in rows)])
if what == "pyarrow":
    import pyarrow.parquet as pq
    table = pq.read_table(path)
    theirs = table.to_pylist()
    from datetime import datetime
    for row in theirs:
        time = row["collected_at"]
        row["collected_at"] = time and time.strftime("%Y-%m-%dT%H:%M:%SZ")
    differ = sum(a != {**b, "collected_at": a["collected_at"]} for a, b in zip(theirs, rows))
    same([len(theirs), differ], [len(rows), 0])
if what == "duckdb":
    import duckdb
    q = lambda sql: duckdb.sql(sql.replace("X", f"'{path}'")).limit(1).fetchall()[0][0]
    same([q("select count(*) from X"), q("select count(*) from X where verdict='fail'"),
          q("select count(*) from X where list_contains(nist_800_53,'CM-6')")],
         [len(rows), count("fail"), sum("CM-6" in r["nist_800_53"] for r in rows)])
PYTHON
check() {
    kind=$1 tool=$2 file=$3
    head -c 2000 "$file" >"$out/broken"
    refuses "$kind" "$tool" "$python" "$out/check.py" "$kind" "$out/broken" "$report"
    holds "$kind" "$tool" "$python" "$out/check.py" "$kind" "$file" "$report"
}
check junit junitparser "$out/all.junit.xml"
check sarif sarif-tools "$out/all.sarif"
check ocsf py-ocsf-models "$out/all.ocsf.jsonl"
check prom prometheus-client "$out/all.prom"
if has_format parquet; then
    "$nodeproof" convert "$report" -o "$out/all.parquet" 2>>"$out/remarks.txt"
    check pyarrow pyarrow "$out/all.parquet"
    check duckdb duckdb "$out/all.parquet"
fi

# Its exit code is 0 whatever it finds.
multitool_accepts() {
    "$multitool" validate "$1" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' >"$out/multitool.txt" 2>&1
    ! grep -E ': error (SARIF|GH)' "$out/multitool.txt"
}
sed 's/"ruleIndex":[0-9]*/"ruleIndex":9999/' "$out/all.sarif" >"$out/broken.sarif"
refuses sarif sarif-multitool multitool_accepts "$out/broken.sarif"
holds sarif sarif-multitool multitool_accepts "$out/all.sarif"

if has_format oscal; then
    "$nodeproof" convert "$report" --format oscal -o "$out/oscal/"
    (cd "$out" && mkdir trestle && cd trestle && "$folder/python/bin/trestle" init --local >/dev/null)
    trestle_accepts() {
        name=$(basename "$1" | tr -c 'a-zA-Z0-9\n' -)
        (cd "$out/trestle" && "$folder/python/bin/trestle" import -f "$1" -o "$name" &&
            "$folder/python/bin/trestle" validate -t assessment-results -n "$name")
    }
    for file in $(find "$out/oscal" -name '*.json' | sort | head -n 5); do
        head -c 2000 "$file" >"$out/broken.json"
        refuses oscal trestle trestle_accepts "$out/broken.json"
        holds oscal trestle trestle_accepts "$file"
    done
fi
if has_format hdf; then
    "$nodeproof" convert "$report" --format hdf -o "$out/hdf/"
    for file in $(find "$out/hdf" -name '*.json' | sort | head -n 5); do
        head -c 2000 "$file" >"$out/broken.json"
        refuses hdf saf "$saf" summary -i "$out/broken.json"
        holds hdf saf "$saf" summary -i "$file"
    done
fi
for file in "$out"/all.*; do
    say size "$(basename "$file")" "$(wc -c <"$file") bytes"
done
exit "$failed"
