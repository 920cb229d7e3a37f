"""What an independent reader makes of what a run wrote, beside the rows: check.py KIND RUN [FILE].

RUN is a folder with all.json and what else the run wrote. With FILE, a broken document, the reader
gets that one alone, and must refuse it. Ends with 1 where the two differ.
"""
import collections, csv, json, pathlib, re, subprocess, sys, zipfile

kind, run = sys.argv[1], pathlib.Path(sys.argv[2])
broken = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
here = pathlib.Path(__file__).resolve().parent
rows = json.load(open(run / "all.json"))["findings"]


def count(*verdicts):
    return sum(row["verdict"] in verdicts for row in rows)


waived = sum(row["verdict"] == "fail" and bool(row["waiver"]) for row in rows)


def same(theirs, ours):
    print("theirs", *theirs, "ours", *ours)
    sys.exit(theirs != ours)


def whole(ending):
    return broken or run / f"all.{ending}"


def documents(form):
    """The files of a format, each with its rows."""
    if broken:
        return [(broken, rows)]
    key = lambda row: tuple(row[c] or "" for c in ("cluster", "node", "benchmark", "bundle"))
    of = collections.defaultdict(list)
    for row in rows:
        of[key(row)].append(row)
    with open(run / form / "index.csv", newline="") as index:
        listed = [row for row in csv.DictReader(index) if row["file"]]
    return [(run / form / row["file"], of[key(row)]) for row in listed]


def by_document(form, theirs, ours, most=None):
    """Counts words of a reader in each document, which must be those of its rows; of very many
    documents a slow reader gets some, spread evenly."""
    all, wrong, number = collections.Counter(), [], 0
    listed = documents(form)
    listed = listed[:: -(-len(listed) // most)] if most else listed
    for (path, own), words in zip(listed, theirs([path for path, _ in listed]), strict=True):
        got = collections.Counter(words)
        want = collections.Counter(filter(None, map(ours, own)))
        number += 1
        all += got
        if got != want:
            wrong.append(f"{path}: theirs {dict(got)} ours {dict(want)}")
    print("\n".join(wrong[:5]))
    counts = ", ".join(f"{word} {n}" for word, n in sorted(all.items()))
    print(f"{number} documents, each as its rows: {counts}" if not wrong else f"{len(wrong)} of {number} documents differ")
    sys.exit(bool(wrong) or not number)


def lines(*command):
    """What a program says, a value a line; it gets the files in lots."""
    def read(paths):
        for at in range(0, len(paths), 200):
            lot = [str(path) for path in paths[at : at + 200]]
            told = subprocess.run([*command, *lot], check=True, capture_output=True, text=True)
            yield from map(json.loads, told.stdout.splitlines())
    return read


if kind == "junit":
    from junitparser import JUnitXml
    suites = list(JUnitXml.fromfile(str(whole("junit.xml"))))
    same([sum(len(list(suite)) for suite in suites)] + [sum(getattr(s, k) for s in suites) for k in ("failures", "errors", "skipped")],
         [len(rows), count("fail") - waived, count("error"), count("unknown", "manual", "not-applicable") + waived])
if kind == "sarif":
    from sarif import loader
    results = loader.load_sarif_file(str(whole("sarif"))).get_results()
    same([len(results), sum(bool(r.get("suppressions")) for r in results)], [count("fail"), waived])
if kind == "ocsf":
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
    number = lambda word: int(getattr(word, "value", word))
    got = collections.Counter(number(ComplianceFinding(**json.loads(line)).compliance.status_id) for line in open(whole("ocsf.jsonl")))
    same([got[n] for n in (1, 2, 3, 99)],
         [count("pass"), count("unknown", "error"), count("fail"), count("manual", "not-applicable")])
if kind == "prom":
    from prometheus_client.parser import text_string_to_metric_families
    text = open(whole("prom"), newline="").read()
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    if not text.endswith("\n"):
        sys.exit("the last line does not end")
    total = lambda name: int(sum(s.value for s in samples if s.name == "nodeproof_" + name))
    same([total("findings"), total("findings_waived"), total("bundles_unreadable")],
         [sum(bool(row["control"]) for row in rows), waived, sum(not row["control"] for row in rows)])
if kind == "pyarrow":
    import pyarrow.parquet as pq
    theirs = pq.read_table(whole("parquet")).to_pylist()
    for row in theirs:
        row["collected_at"] = row["collected_at"] and row["collected_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    differ = sum(a != b for a, b in zip(theirs, rows))
    same([len(theirs), differ], [len(rows), 0])
if kind == "duckdb":
    import duckdb
    ask = lambda sql: duckdb.sql(sql.replace("X", f"'{whole('parquet')}'")).limit(1).fetchall()[0][0]
    same([ask("select count(*) from X"), ask("select count(*) from X where verdict='fail'"),
          ask("select count(*) from X where list_contains(nist_800_53,'CM-6')")],
         [len(rows), count("fail"), sum("CM-6" in row["nist_800_53"] for row in rows)])
if kind == "trestle":
    from trestle.oscal.assessment_results import AssessmentResults

    plain = lambda word: word if isinstance(word, str) else plain(getattr(word, "__root__", None) or word.root)

    def observed(path):
        result = AssessmentResults.oscal_read(path).results[0]
        risk = {of.observation_uuid: plain(risk.status) for risk in result.risks or [] for of in risk.related_observations}
        for observation in result.observations:
            verdict = next(prop.value for prop in observation.props if prop.name == "verdict")
            yield " ".join(filter(None, [verdict, risk.get(observation.uuid)]))

    statuses = lambda row: "fail deviation-approved" if row["waiver"] else "fail open"
    by_document("oscal", lambda paths: map(observed, paths),
                lambda row: statuses(row) if row["verdict"] == "fail" else row["verdict"])
if kind == "inspecjs":
    words = {"pass": "Passed", "fail": "Failed", "error": "Profile Error", "not-applicable": "Not Applicable"}
    by_document("hdf", lines("node", str(here / "heimdall.cjs")), lambda row: words.get(row["verdict"], "Not Reviewed"))
if kind == "saf":
    # Of files of one benchmark it tells the last one alone, so each is asked about by itself.
    def summary(path):
        told = subprocess.run(["saf", "summary", "-f", "json", "-i", path], check=True, capture_output=True, text=True).stdout
        one = json.loads(told[told.index("[") :])[0]
        return [word for word in ("passed", "failed", "skipped", "no_impact", "error") for _ in range(one[word]["total"])]

    words = {"pass": "passed", "fail": "failed", "error": "error", "not-applicable": "no_impact"}
    by_document("hdf", lambda paths: map(summary, paths), lambda row: words.get(row["verdict"], "skipped"), most=30)
if kind in ("ckl", "cklb", "xccdf"):
    # XCCDF loses what nobody decided, with the importer's own options.
    undecided = None if kind == "xccdf" else "informational"
    words = {"pass": "pass", "fail": "fail", "not-applicable": "notapplicable"}
    read = lines("node", str(here.parent.parent / "tests/formats/stig-manager.mjs"))
    by_document(kind, lambda paths: (told["results"].values() for told in read(paths)),
                lambda row: words.get(row["verdict"], undecided))
if kind in ("oscap-xccdf", "oscap-arf"):
    check = ["xccdf", "validate", "--skip-schematron"] if kind == "oscap-xccdf" else ["ds", "rds-validate"]

    def totals(path):
        subprocess.run(["oscap", *check, path], check=True, capture_output=True)
        html = subprocess.run(["oscap", "xccdf", "generate", "report", path], check=True, capture_output=True, text=True).stdout
        for bar in ("success", "danger", "warning"):
            number = re.search(f'progress-bar progress-bar-{bar}"[^>]*>(\\d+)', html)[1]
            yield from [bar] * int(number)

    # What does not apply is in none of its bars.
    words = {"pass": "success", "fail": "danger", "not-applicable": None}
    by_document(kind.removeprefix("oscap-"), lambda paths: map(totals, paths), lambda row: words.get(row["verdict"], "warning"))
if kind == "zip":
    # Every zip holds what the folder of its format does.
    files = 0
    for path in sorted(run.glob("*.zip")):
        packed = zipfile.ZipFile(broken or path)
        folder = run / path.stem
        there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        if there != set(packed.namelist()) or any(packed.read(n) != (folder / n).read_bytes() for n in there):
            sys.exit(f"{path.name}: differs from its folder")
        files += len(there)
    print(f"{files} files, the same as in the folders")
