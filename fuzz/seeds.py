"""Writes corpus/<target>/ from the sample bundles, the catalog, and what found something before (regressions/<target>/)."""
import glob
import gzip
import os
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
COUNT = {}


def seed(target, content):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    COUNT[target] = COUNT.get(target, 0) + 1
    with open(os.path.join(folder, f"seed-{COUNT[target]}"), "wb") as file:
        file.write(content)


def target_of(name, content):
    if name.startswith("commands/ps"):
        return "ps"
    if name.endswith("/cmdline"):
        return "argv"
    if name.endswith(".service") or "/default/" in name:
        return "units"
    if name == "stat.tsv":
        return "stat"
    if name == "SHA256SUMS":
        return "signature"
    return "json" if content.startswith(b"{") else "yaml"


def of_bundle(path):
    packed = open(path, "rb").read()
    if len(packed) < 65536:
        seed("archive", b"\0" + packed)
    try:
        with tarfile.open(path) as archive:
            files = [one for one in archive.getmembers() if one.isfile()]
            members = [(one.name.split("/", 1)[-1], archive.extractfile(one).read()) for one in files]
        tar = gzip.decompress(packed)
    except (tarfile.TarError, EOFError, OSError):
        return
    for how in range(1, 4):
        seed("archive", bytes([how]) + tar[:65535])
    text = b"".join(b"==> " + name.encode() + b"\n" + content for name, content in members)[:60000]
    for layout in range(16):
        seed("layout", bytes([layout]) + text)
    for number, (name, content) in enumerate(members):
        if len(content) > 32768:
            continue
        target = target_of(name, content)
        seed(target, b"\0" + content.replace(b"\0", b"\n") if target == "argv" else content)
        seed("redact", bytes([number % 12]) + content)


LAYOUTS = {
    1: b"==> sos_commands/process/ps_auxwwwm\nUSER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 7 0.0 0.0 1 1 ? Ss 10:00 0:00 /usr/bin/kubelet --config=/etc/k.yaml\n==> sos_reports/manifest.json\n{\"version\":\"4\"}\n==> etc/k.yaml\nkind: KubeletConfiguration\n",
    2: b"==> kubelet/kubelet-config.json\n{\"kind\":\"KubeletConfiguration\"}\n==> system/ps.txt\nUID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 10:00 ? 00:00:00 /usr/bin/kubelet\n",
    5: b"==> hosts/n1/configz.json\n{\"kubeletconfig\":{\"enableServer\":true}}\n==> meta/info.log\n{}\n==> resources/cluster/core_v1_nodes.json\n{\"items\":[]}\n",
    6: b"==> cluster-scoped-resources/core/nodes/n.yaml\nkind: Node\n==> namespaces/a/core/pods.yaml\nitems: []\n",
}

for path in sorted(glob.glob(f"{ROOT}/sample-bundles/*.tar.gz")):
    of_bundle(path)
for layout, text in LAYOUTS.items():
    seed("layout", bytes([layout]) + text)
seed("units", b"[Service]\nEnvironment=\"A=b c\" 'D=e'\nExecStart=/usr/bin/kubelet $A \\\n  --v=2\nEnvironmentFile=-/etc/default/kubelet\n")
seed("waivers", b"waivers:\n- id: a\n  control: cis-1.10:4.2.1\n  nodes: ['ip-*']\n  reason: r\n  approved_by: x\n  until: 2027-01-01\n")
seed("signature", b"alice@example.com namespaces=\"nodeproof\",valid-after=\"20260101\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKFTgXcwmNzJvIsUn1O1xNlkvCIYpgAZHvYVEGfxCI3d\n")
for path in sorted(glob.glob(f"{ROOT}/src/benchmark/catalog/rules/*/rule.toml"))[:30]:
    seed("catalog", b"==> rules/a.toml\n" + open(path, "rb").read())
for path in sorted(glob.glob(f"{ROOT}/src/benchmark/catalog/benchmarks/*.toml"), key=os.path.getsize)[:8]:
    seed("catalog", b"==> benchmarks/a.toml\n" + open(path, "rb").read())
for path in sorted(glob.glob(f"{HERE}/regressions/*/*")):
    seed(os.path.basename(os.path.dirname(path)), open(path, "rb").read())
