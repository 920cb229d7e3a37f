//! Where fuzzing begins: the members of the sample bundles, files of the catalog, and what found
//! something before (`regressions/<target>/`).

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A target's name and a text for it.
pub type Seed = (&'static str, Vec<u8>);

/// Archives that are larger are not mutated as they are.
const LARGEST: usize = 65_535;

/// Members of archives that other tools make, below the number of the layout.
const LAYOUTS: [(u8, &str); 4] = [
    (
        1,
        "==> sos_commands/process/ps_auxwwwm\nUSER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 7 0.0 0.0 1 1 ? Ss 10:00 0:00 /usr/bin/kubelet --config=/etc/k.yaml\n==> sos_reports/manifest.json\n{\"version\":\"4\"}\n==> etc/k.yaml\nkind: KubeletConfiguration\n",
    ),
    (
        2,
        "==> kubelet/kubelet-config.json\n{\"kind\":\"KubeletConfiguration\"}\n==> system/ps.txt\nUID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 10:00 ? 00:00:00 /usr/bin/kubelet\n",
    ),
    (
        5,
        "==> hosts/n1/configz.json\n{\"kubeletconfig\":{\"enableServer\":true}}\n==> meta/info.log\n{}\n==> resources/cluster/core_v1_nodes.json\n{\"items\":[]}\n",
    ),
    (
        6,
        "==> cluster-scoped-resources/core/nodes/n.yaml\nkind: Node\n==> namespaces/a/core/pods.yaml\nitems: []\n",
    ),
];

/// What the sample bundles have too little of.
const TEXTS: [(&str, &str); 5] = [
    (
        "units",
        "[Service]\nEnvironment=\"A=b c\" 'D=e'\nExecStart=/usr/bin/kubelet $A \\\n  --v=2\nEnvironmentFile=-/etc/default/kubelet\n",
    ),
    (
        "waivers",
        "waivers:\n- id: a\n  control: cis-1.10:4.2.1\n  nodes: ['ip-*']\n  reason: r\n  approved_by: x\n  until: 2027-01-01\n",
    ),
    (
        "signature",
        "alice@example.com namespaces=\"nodeproof\",valid-after=\"20260101\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKFTgXcwmNzJvIsUn1O1xNlkvCIYpgAZHvYVEGfxCI3d\n",
    ),
    (
        "yaml",
        "a: &x [1, 0x1f, 010, .5, 1_0, 1e3]\nb: {c: yes, d: 'no', e: ~}\nf: *x\ng: |-\n  on\nh: >\n  a\n  b\n? i\n: \"\\u0041\\\n  b\"\n--- # second\nj: 1\n",
    ),
    (
        "json",
        "{\"a\":[1,-0,2.5,1e3,\"\\u0041\\n\"],\"a\":{\"b\":null,\"c\":true}}",
    ),
];

/// All of them, in an order that is always the same; `root` is the project's folder.
pub fn seeds(root: &Path) -> Vec<Seed> {
    let mut all: Vec<Seed> = Vec::new();
    for path in files(&root.join("sample-bundles"), ".tar.gz") {
        of_bundle(&path, &mut all);
    }
    all.extend(LAYOUTS.map(|(layout, text)| ("layout", with(layout, text.as_bytes()))));
    all.extend(TEXTS.map(|(target, text)| (target, text.as_bytes().to_vec())));
    let catalog = root.join("src/benchmark/catalog");
    let rules = files(&catalog.join("rules"), "")
        .into_iter()
        .map(|folder| folder.join("rule.toml"));
    let mut benchmarks = files(&catalog.join("benchmarks"), ".toml");
    benchmarks.sort_by_key(|path| path.metadata().map_or(0, |about| about.len()));
    let rules = rules.take(30).map(|path| ("rules", path));
    for (folder, path) in rules.chain(
        benchmarks
            .into_iter()
            .take(8)
            .map(|path| ("benchmarks", path)),
    ) {
        let text = fs::read_to_string(path).unwrap_or_default();
        all.push((
            "catalog",
            format!("==> {folder}/a.toml\n{text}").into_bytes(),
        ));
    }
    for (target, _) in super::TARGETS {
        let before = files(&root.join("fuzz/regressions").join(target), "");
        all.extend(
            before
                .iter()
                .map(|path| (target, fs::read(path).unwrap_or_default())),
        );
    }
    all
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    paths.sort();
    paths
}

fn with(first: u8, bytes: &[u8]) -> Vec<u8> {
    [&[first], bytes].concat()
}

fn of_bundle(path: &Path, all: &mut Vec<Seed>) {
    let packed = fs::read(path).unwrap_or_default();
    if packed.len() <= LARGEST {
        all.push(("archive", with(0, &packed)));
    }
    let mut tar = Vec::new();
    if flate2::read::MultiGzDecoder::new(&packed[..])
        .read_to_end(&mut tar)
        .is_err()
    {
        return;
    }
    let cut = tar.get(..LARGEST).unwrap_or(&tar);
    all.extend((1..4).map(|how| ("archive", with(how, cut))));
    let mut members = Vec::new();
    for entry in tar::Archive::new(&tar[..])
        .entries()
        .into_iter()
        .flatten()
        .flatten()
    {
        let mut entry = entry;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name.split_once('/').map_or("", |(_, name)| name).to_owned();
        let mut bytes = Vec::new();
        if entry.read_to_end(&mut bytes).is_ok() && entry.header().entry_type().is_file() {
            members.push((name, bytes));
        }
    }
    let mut text = Vec::new();
    for (name, bytes) in &members {
        text.extend([format!("==> {name}\n").as_bytes(), bytes].concat());
    }
    text.truncate(60_000);
    all.extend((0..16).map(|layout| ("layout", with(layout, &text))));
    for ((name, bytes), number) in members.iter().zip((0..12).cycle()) {
        if bytes.len() <= 32_768 {
            all.push(("redact", with(number, bytes)));
            all.push(match target(name, bytes) {
                "argv" => (
                    "argv",
                    with(
                        0,
                        &bytes.split(|b| *b == 0).collect::<Vec<_>>().join(&b'\n'),
                    ),
                ),
                target => (target, bytes.clone()),
            });
        }
    }
}

fn target(name: &str, bytes: &[u8]) -> &'static str {
    match name {
        _ if name.starts_with("commands/ps") => "ps",
        _ if name.ends_with("/cmdline") => "argv",
        _ if name.ends_with(".service") || name.contains("/default/") => "units",
        "stat.tsv" => "stat",
        "SHA256SUMS" => "signature",
        _ if bytes.starts_with(b"{") => "json",
        _ => "yaml",
    }
}
