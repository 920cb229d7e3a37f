//! `cargo run --example seeds`: writes corpus/<target>/ from the sample bundles, the tests' own cases
//! and what found something before (regressions/<target>/).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nodeproof::bundle::{self, Content};
use nodeproof::evidence::layouts::LAYOUTS;
use nodeproof::limits::Limits;

/// What is told of a seed: a target, and its bytes.
type Seeds = BTreeMap<&'static str, Vec<Vec<u8>>>;

const TARGETS: [&str; 12] = [
    "archive", "argv", "catalog", "json", "layout", "ps", "redact", "signature", "stat", "units",
    "waivers", "yaml",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::new();
    let found = bundle::find(&[root.join("../sample-bundles")], &[])?;
    for place in &found.places {
        if let bundle::Source::File(path) = &place.source {
            let bytes = fs::read(path)?;
            if bytes.len() < 64 << 10 {
                seeds.entry("archive").or_default().push([&[0], &*bytes].concat());
            }
        }
        let Ok(read) = bundle::read(place, &Limits::default(), &|_, _, _| true) else { continue };
        let mut tar = Vec::new();
        let mut text = Vec::new();
        let mut packed = Vec::new();
        for member in &read.members {
            let Content::Kept(bytes) = &member.content else { continue };
            if text.len() + bytes.len() < 64 << 10 {
                text.extend_from_slice(format!("==> {}\n", member.name).as_bytes());
                text.extend_from_slice(bytes);
                packed.push(bundle::pack::Packed { name: &member.name, bytes: Some(bytes), attributes: None });
            }
            of_member(&mut seeds, &member.name, bytes);
        }
        bundle::pack::pack(&mut tar, false, Some("top"), b"{}", &packed)?;
        for how in 1..=3 {
            seeds.entry("archive").or_default().push([&[how], &*tar].concat());
        }
        for (layout, _) in (0..=255u8).zip(LAYOUTS) {
            seeds.entry("layout").or_default().push([&[layout], &*text].concat());
        }
        seeds.entry("layout").or_default().push([&[255], &*text].concat());
    }
    for (layout, text) in (1..).zip(LAYOUT_TEXTS) {
        seeds.entry("layout").or_default().push([&[layout], text.as_bytes()].concat());
    }
    let waivers = "waivers:\n- id: a\n  control: cis-1.10:4.2.1\n  nodes: ['ip-*']\n  reason: r\n  approved_by: x\n  until: 2027-01-01\n";
    seeds.entry("waivers").or_default().push(waivers.into());
    seeds.entry("signature").or_default().push(SIGNERS.into());
    for (folder, ending) in [("rules", "rule.toml"), ("benchmarks", ".toml")] {
        let path = root.join("../src/benchmark/catalog").join(folder);
        for entry in fs::read_dir(path)?.take(40) {
            let path = entry?.path();
            let path = if path.is_dir() { path.join("rule.toml") } else { path };
            if let (true, Ok(text)) = (path.to_string_lossy().ends_with(ending), fs::read(&path)) {
                let head = format!("==> {folder}/a.toml\n").into_bytes();
                seeds.entry("catalog").or_default().push([head, text].concat());
            }
        }
    }
    for target in TARGETS {
        let known = root.join("regressions").join(target);
        for entry in fs::read_dir(known).into_iter().flatten() {
            seeds.entry(target).or_default().push(fs::read(entry?.path())?);
        }
        let folder = root.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (number, bytes) in seeds.remove(target).unwrap_or_default().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), bytes)?;
        }
    }
    Ok(())
}

fn of_member(seeds: &mut Seeds, name: &str, bytes: &[u8]) {
    if bytes.len() > 32 << 10 {
        return;
    }
    let target = match name {
        _ if name.starts_with("commands/ps") => "ps",
        _ if name.ends_with("/cmdline") => "argv",
        _ if name.ends_with(".service") || name.contains("/default/") => "units",
        _ if bytes.starts_with(b"{") => "json",
        "stat.tsv" => "stat",
        "SHA256SUMS" => "signature",
        _ => "yaml",
    };
    let bytes = match target {
        "argv" => [&[0], &*bytes.iter().map(|b| if *b == 0 { b'\n' } else { *b }).collect::<Vec<_>>()].concat(),
        _ => bytes.to_vec(),
    };
    for form in 0..12 {
        seeds.entry("redact").or_default().push([&[form], &*bytes].concat());
    }
    seeds.entry(target).or_default().push(bytes);
}

/// What other tools' archives are recognised by.
const LAYOUT_TEXTS: [&str; 4] = [
    "==> sos_commands/process/ps_auxwwwm\nUSER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 7 0.0 0.0 1 1 ? Ss 10:00 0:00 /usr/bin/kubelet --config=/etc/k.yaml\n==> sos_reports/manifest.json\n{\"version\":\"4\"}\n==> etc/k.yaml\nkind: KubeletConfiguration\n",
    "==> kubelet/kubelet-config.json\n{\"kind\":\"KubeletConfiguration\"}\n==> system/ps.txt\nUID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 10:00 ? 00:00:00 /usr/bin/kubelet\n",
    "==> hosts/n1/configz.json\n{\"kubeletconfig\":{\"enableServer\":true}}\n==> meta/info.log\n{}\n==> resources/cluster/core_v1_nodes.json\n{\"items\":[]}\n",
    "==> cluster-scoped-resources/core/nodes/n.yaml\nkind: Node\n==> namespaces/a/core/pods.yaml\nitems: []\n",
];

const SIGNERS: &str = "alice@example.com namespaces=\"nodeproof\",valid-after=\"20260101\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKFTgXcwmNzJvIsUn1O1xNlkvCIYpgAZHvYVEGfxCI3d\n";
