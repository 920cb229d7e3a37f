//! The collectors inside the binary are the scripts of the checkout.

use std::fs;
use std::path::Path;

use crate::support::*;

#[test]
fn the_binary_writes_out_the_very_scripts_it_was_built_with() {
    let lab = Lab::new();
    let ran = lab.run(&["collector", "out/scripts"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    for name in [
        "collect-node.sh",
        "collect-cluster.sh",
        "collect-fleet.sh",
        "collect-daemonset.yaml",
    ] {
        let written = fs::read(lab.path("out/scripts").join(name)).unwrap();
        assert_eq!(written, fs::read(scripts.join(name)).unwrap(), "{name}");
        let digest = nodeproof::bundle::sha256_hex(&written);
        assert!(
            ran.stdout
                .contains(&format!("{digest}  out/scripts/{name}")),
            "{}",
            ran.stdout
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| {
            fs::metadata(lab.path("out/scripts").join(name))
                .unwrap()
                .permissions()
                .mode()
        };
        assert_eq!(mode("collect-node.sh") & 0o100, 0o100);
        assert_eq!(mode("collect-daemonset.yaml") & 0o111, 0);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_said_so() {
    let lab = Lab::new();
    lab.put("file", b"");
    let ran = lab.run(&["collector", "file/out"]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("file/out"), "{}", ran.stderr);
}
