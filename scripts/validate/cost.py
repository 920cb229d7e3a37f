"""What each format costs on a fleet: bytes as written and as gzip has them, files, and CPU of a run
on one thread beside one that writes CSV alone: cost.py NODEPROOF FLEET FOLDER [parquet].
"""
import gzip, pathlib, resource, shutil, subprocess, sys

nodeproof, fleet, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
WHOLE = ["csv", "json", "jsonl", "xlsx", "html", "junit.xml", "sarif", "ocsf.jsonl", "defectdojo.json", "prom"]
EACH = ["oscal", "hdf", "xccdf", "arf", "kube-bench", "cklb", "ckl"]
WHOLE += [ending for ending in sys.argv[4:] if ending]


def run(target, benchmark, more=()):
    """CPU seconds, the least of three."""
    least = None
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run([nodeproof, "analyze", fleet, "-j", "1", "-q", "-b", benchmark, "--as-of", "2026-11-26",
                              "-o", folder / target if not target.endswith("/") else f"{folder}/{target}", *more], capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if ran.returncode not in (0, 3):
            sys.exit(ran.stderr.decode())
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        least = min(cpu, least or cpu)
    return least


def sizes():
    files = [path for path in folder.rglob("*") if path.is_file()]
    bytes = [path.read_bytes() for path in files]
    return len(files), sum(map(len, bytes)), sum(len(gzip.compress(one, 6)) for one in bytes)


base = {benchmark: run("x.csv", benchmark) for benchmark in ("auto", "stig-kubernetes-v2r4")}
print(f"{'format':16} {'files':>6} {'MB':>7} {'MB gzip':>8} {'CPU s':>6} {'beside csv':>10}")
for form in WHOLE + EACH:
    benchmark = "stig-kubernetes-v2r4" if form.startswith("ckl") else "auto"
    cpu = run(f"{form}/", benchmark, ["--format", form]) if form in EACH else run(f"x.{form}", benchmark)
    files, bytes, packed = sizes()
    print(f"{form:16} {files:6} {bytes / 1e6:7.1f} {packed / 1e6:8.2f} {cpu:6.2f} {cpu - base[benchmark]:+10.2f}")
