//! Archives of bundles, in number and in size.

use crate::nested::{judge, lines, node, tar_of};
use crate::support::*;

#[test]
fn limits_hold_for_each_bundle_and_for_all_together() {
    let lab = Lab::new();
    let (a, b) = (node("a", true).tar_gz(), node("b", true).tar_gz());
    lab.put("fleet.tar", &tar_of(&[("a.tgz", &a), ("b.tgz", &b)]));
    let inflated = node("a", true).tar().len();
    let each = format!("inflated-bytes={inflated}");
    let pass = [
        "fleet.tar!a.tgz a pass config-file-sets-it",
        "fleet.tar!b.tgz b pass config-file-sets-it",
    ];
    assert_eq!(lines(&judge(&lab, &["fleet.tar", "--limit", &each])), pass);
    let held = format!("nested-bytes={}", a.len() - 1);
    let ran = judge(&lab, &["fleet.tar", "--limit", &held]);
    assert_eq!(lines(&ran)[0], "fleet.tar!a.tgz a error limit-passed");
    assert!(ran.stdout.contains("--limit nested-bytes=N"));
    let ran = judge(&lab, &["fleet.tar", "--limit", "members=1"]);
    assert_eq!(lines(&ran), ["fleet.tar - error limit-passed"]);
    // Bundles that each stay within what is free of the ratio, and together do not.
    let size = 60 << 20;
    let bomb = |name: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let mut tar = Bundle::node(name).kubelet(&[]).tar();
        tar.truncate(tar.len() - 1024);
        let mut header = tar::Header::new_gnu();
        header.set_path(format!("{name}/var/zeros")).unwrap();
        header.set_size(size);
        header.set_cksum();
        tar.extend(header.as_bytes());
        std::io::Write::write_all(&mut encoder, &tar).unwrap();
        let zeros = &mut std::io::Read::take(std::io::repeat(0), size + 1024);
        std::io::copy(zeros, &mut encoder).unwrap();
        encoder.finish().unwrap()
    };
    let bombs: Vec<(String, Vec<u8>)> = (0..4)
        .map(|n| (format!("n{n}.tgz"), bomb(&format!("n{n}"))))
        .collect();
    let files: Vec<(&str, &[u8])> = bombs
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    lab.put("bombs.tar", &tar_of(&files));
    for jobs in ["1", "4"] {
        let ran = judge(&lab, &["bombs.tar", "-j", jobs]);
        let codes: Vec<String> = rows(&ran.stdout).iter().map(outcome).collect();
        let passed = "error limit-passed";
        assert_eq!(
            codes,
            [
                "pass default-applies",
                "pass default-applies",
                passed,
                passed
            ]
        );
    }
}

#[test]
fn five_thousand_bundles_in_one_archive() {
    let lab = Lab::new();
    let mut builder = tar::Builder::new(Vec::new());
    for n in (0..5000).rev() {
        let name = format!("n{n:04}");
        let bundle = Bundle::node(&name).kubelet(&["--make-iptables-util-chains=true"]);
        append(
            &mut builder,
            &format!("{}/{name}.tgz", n % 7),
            &bundle.tar_gz(),
        );
    }
    lab.put("fleet.tar.gz", &gzip(&builder.into_inner().unwrap()));
    let ran = judge(&lab, &["fleet.tar.gz", "-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let bundles: Vec<String> = rows(&ran.stdout)
        .iter()
        .map(|row| row["bundle"].to_string())
        .collect();
    assert_eq!(bundles.len(), 5000);
    assert!(bundles.is_sorted());
}
