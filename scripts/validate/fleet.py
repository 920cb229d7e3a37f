"""Makes a fleet of the sample bundles: fleet.py SAMPLES FOLDER COPIES.

Each copy is of clusters of its own, so that no node stands for another. What is no whole archive
stays as it is.
"""
import gzip, hashlib, io, json, pathlib, subprocess, sys, tarfile

samples, folder, copies = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])


def inflated(path):
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout
    return gzip.decompress(path.read_bytes())


def renamed(text, number):
    """bundle.json of another cluster."""
    manifest = json.loads(text)
    manifest["cluster"] = f"{manifest['cluster']}-{number}"
    return json.dumps(manifest).encode()


def copy(archive, number):
    read = tarfile.open(fileobj=io.BytesIO(archive))
    members = [(m, read.extractfile(m).read() if m.isfile() else None) for m in read]
    digests = {}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as out:
        for member, data in members:
            name = member.name.split("/", 1)[-1]
            if data is not None and name == "bundle.json":
                old = hashlib.sha256(data).hexdigest()
                data = renamed(data, number)
                digests[old] = hashlib.sha256(data).hexdigest()
            elif data is not None and name == "SHA256SUMS":
                text = data.decode()
                for old, new in digests.items():
                    text = text.replace(old, new)
                data = text.encode()
            elif member.name.split("/")[0] == "loose-by-hand":
                member.name = member.name.replace("loose-by-hand", f"loose-by-hand-{number}", 1)
            if data is not None:
                member.size = len(data)
            out.addfile(member, io.BytesIO(data) if data is not None else None)
    return gzip.compress(made.getvalue(), 6, mtime=0)


for path in sorted(samples.glob("*.tar.*")):
    try:
        archive, whole = inflated(path), True
    except (EOFError, OSError):
        archive, whole = path.read_bytes(), False
    for number in range(copies):
        number = f"{number:03}"
        name = path.name.split(".")[0]
        to = folder / number / f"{name}.tar.gz"
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(copy(archive, number) if whole else archive)
