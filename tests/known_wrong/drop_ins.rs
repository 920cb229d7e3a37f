//! Drop-ins of `--config-dir`, which no tool reads: by version, and beside those of RKE2 that
//! tools join into one text.

use super::*;

fn with_drop_in(version: &str, base: &str, drop_in: &str) -> Bundle {
    Bundle::node("n")
        .version(version)
        .kubelet(&[WITH_FILE, "--config-dir=/etc/k.d"])
        .file(FILE, config(base))
        .stat_row("/etc/k.d", "dir", 1)
        .file("/etc/k.d/1.conf", config(drop_in))
}

/// semantics §2: the engines of 1.28, 1.29 to 1.31 and 1.32 on give different values.
#[test]
fn drop_ins_are_merged_as_that_version_does() {
    let mut cases = Cases::default();
    for (about, control, base, drop_in, wanted) in [
        // 1.28 cannot set a zero value, so the base's open port stays.
        (
            "DROP-IN-ZERO",
            PORT,
            "readOnlyPort: 10255\n",
            "readOnlyPort: 0\n",
            ["fail", "pass", "pass"],
        ),
        (
            "DROP-IN-OVER-FILE",
            ANONYMOUS,
            NOT_ANONYMOUS,
            IS_ANONYMOUS,
            ["fail", "fail", "fail"],
        ),
        // A null is nothing to 1.29, and back to the default for 1.32.
        (
            "DROP-IN-NULL",
            ROTATE,
            "rotateCertificates: false\n",
            "rotateCertificates: null\n",
            ["fail", "fail", "pass"],
        ),
        // 0s is 4h again from 1.32 on; in between it stays no limit.
        (
            "DROP-IN-0S",
            IDLE,
            "streamingConnectionIdleTimeout: 5m\n",
            "streamingConnectionIdleTimeout: 0s\n",
            ["pass", "fail", "pass"],
        ),
        (
            "DROP-IN-LIST",
            CIPHERS,
            "tlsCipherSuites: [TLS_RSA_WITH_RC4_128_SHA]\n",
            "tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n",
            ["pass", "pass", "pass"],
        ),
    ] {
        for (version, verdict) in ["v1.28.3", "v1.30.2", "v1.32.1"].iter().zip(wanted) {
            let bundle = with_drop_in(version, base, drop_in);
            cases.add(&format!("{about} {version}"), control, bundle, verdict);
        }
    }
    cases.judge();
}

/// cis-facts §5: `cat DIR/*` is one text, in which what follows `---` or a first JSON object is
/// not seen. The kubelet reads each file.
#[test]
fn every_drop_in_of_a_folder_is_read() {
    const DIR: &str = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d";
    let first = "{\"kind\":\"KubeletConfiguration\",\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"authentication\":{\"anonymous\":{\"enabled\":false}}}";
    let second = config(IS_ANONYMOUS);
    let mut cases = Cases::default();
    for (about, first) in [
        ("CAT-JSON-FIRST", first.to_owned()),
        ("CAT-YAML-FIRST", config(NOT_ANONYMOUS)),
    ] {
        let words = [
            "--config-dir=/var/lib/rancher/rke2/agent/etc/kubelet.conf.d",
            "--read-only-port=0",
        ];
        let bundle = Bundle::node("n")
            .version("v1.32.1+rke2r1")
            .kubelet(&words)
            .stat_row(DIR, "dir", 1)
            .file(&format!("{DIR}/00-rke2-defaults.conf"), first)
            .file(&format!("{DIR}/99-own.conf"), format!("---\n{second}"));
        cases.add(
            about,
            "rke2-cis-1.8:4.2.1",
            bundle,
            "fail drop-in-sets-it by drop-in",
        );
    }
    cases.judge();
}
