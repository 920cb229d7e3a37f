//! Signed bundles: who signed, and what a change to a signed bundle gives. The signatures are made by
//! the real ssh-keygen.

use std::path::Path;
use std::process::Command;

use nodeproof::bundle::sha256_hex;
use serde_json::{Value, json};

use crate::support::*;

/// Whether there is an ssh-keygen; without one a test says that it is skipped.
pub fn has_ssh_keygen() -> bool {
    let found = Command::new("ssh-keygen").arg("-?").output().is_ok();
    if !found {
        skipped("there is no ssh-keygen (Debian: openssh-client)");
    }
    found
}

/// A key pair at `path`; its public key as a line.
pub fn key(path: &Path, kind: &[&str]) -> String {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-C", "a comment", "-f"])
        .arg(path)
        .args(kind)
        .status();
    assert!(made.unwrap().success(), "{kind:?}");
    let public = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    public.trim().to_owned()
}

/// What `ssh-keygen -Y sign` makes of some bytes.
pub fn sign(key: &Path, options: &[&str], bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("SHA256SUMS");
    std::fs::write(&file, bytes).unwrap();
    let signed = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-f"])
        .arg(key)
        .args(options)
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&signed.stderr);
    assert!(signed.status.success(), "{said}");
    std::fs::read(folder.path().join("SHA256SUMS.sig")).unwrap()
}

const OURS: [&str; 2] = ["-n", "nodeproof"];

type Files = Vec<(String, Vec<u8>)>;

fn node() -> Bundle {
    Bundle::node("n")
        .kubelet(&["--make-iptables-util-chains=true"])
        .member("commands/uname.txt", "Linux\n")
}

fn member<'f>(files: &'f mut Files, name: &str) -> &'f mut Vec<u8> {
    let found = files.iter_mut().find(|(other, _)| other == name);
    &mut found.unwrap().1
}

/// Lists the members anew.
fn sum(files: &mut Files) {
    let listed = files
        .iter()
        .filter(|(name, _)| !name.starts_with("SHA256SUMS"));
    let text: String = listed
        .map(|(name, bytes)| format!("{}  {name}\n", sha256_hex(bytes)))
        .collect();
    *member(files, "SHA256SUMS") = text.into_bytes();
}

fn pack(files: &Files) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, &format!("n/{name}"), bytes);
    }
    gzip(&builder.into_inner().unwrap())
}

/// A lab with a key of Alice, who is known, and one of Mallory, who is not.
struct Office {
    lab: Lab,
}

impl Office {
    fn new() -> Option<Self> {
        let lab = has_ssh_keygen().then(Lab::new)?;
        let alice = key(&lab.path("alice"), &["-t", "ed25519"]);
        key(&lab.path("mallory"), &["-t", "ed25519"]);
        lab.put("signers", format!("alice@example.com {alice}\n").as_bytes());
        Some(Self { lab })
    }

    fn signed_by(&self, who: &str, bundle: &Bundle) -> Files {
        let mut files = bundle.files();
        let signature = sign(&self.lab.path(who), &OURS, member(&mut files, "SHA256SUMS"));
        files.push(("SHA256SUMS.sig".to_owned(), signature));
        files
    }

    fn judged(&self, files: &Files, more: &[&str]) -> (Value, Value, Ran) {
        let bundles = self.lab.path("in");
        let _ = std::fs::remove_dir_all(&bundles);
        self.lab.put("in/n.tgz", &pack(files));
        let arguments = [
            &[
                "analyze",
                "in",
                "-b",
                "cis-1.12",
                "--allowed-signers",
                "signers",
                "-o",
                "out.json",
            ],
            more,
        ];
        let ran = self.lab.run(&arguments.concat());
        let text = std::fs::read(self.lab.path("out.json")).unwrap_or_default();
        let report: Value = serde_json::from_slice(&text).unwrap_or_default();
        let signature = report["bundles"][0]["signature"].clone();
        (report["findings"][0].clone(), signature, ran)
    }

    fn verified(&self, more: &[&str]) -> (Value, Ran) {
        let arguments = [&["verify", "in", "--format", "json"], more].concat();
        let ran = self.lab.run(&arguments);
        let mut rows: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
        (rows.remove(0), ran)
    }
}

#[test]
fn every_kind_of_key_that_ssh_keygen_makes_signs() {
    let Some(office) = Office::new() else {
        return;
    };
    for (at, kind) in [
        &["-t", "ed25519"][..],
        &["-t", "ecdsa", "-b", "256"],
        &["-t", "ecdsa", "-b", "384"],
        &["-t", "ecdsa", "-b", "521"],
        &["-t", "rsa", "-b", "2048"],
        &["-t", "rsa", "-b", "3072"],
    ]
    .into_iter()
    .enumerate()
    {
        let who = format!("key{at}");
        let public = key(&office.lab.path(&who), kind);
        office.lab.put(
            "signers",
            format!("\"{who}@x\" namespaces=\"nodeproof\" {public}\n").as_bytes(),
        );
        for hash in ["sha256", "sha512"] {
            let mut files = node().files();
            let options = ["-n", "nodeproof", "-O", &format!("hashalg={hash}")];
            let sums = member(&mut files, "SHA256SUMS");
            let signature = sign(&office.lab.path(&who), &options, sums);
            files.push(("SHA256SUMS.sig".to_owned(), signature));
            let (row, signature, ran) = office.judged(&files, &["--require-signature"]);
            assert_eq!(
                outcome(&row),
                "pass argument-sets-it",
                "{kind:?} {}",
                ran.stderr
            );
            assert_eq!(row["integrity"], "signed");
            assert_eq!(signature["state"], "good");
            assert_eq!(signature["signer"], format!("{who}@x"));
            // The fingerprint is the one that ssh-keygen shows.
            let shown = Command::new("ssh-keygen")
                .arg("-lf")
                .arg(office.lab.path(&who).with_extension("pub"))
                .output();
            let shown = String::from_utf8(shown.unwrap().stdout).unwrap();
            assert!(
                shown.contains(signature["key"].as_str().unwrap()),
                "{shown}"
            );
        }
    }
}

#[test]
fn a_weak_rsa_key_and_a_foreign_namespace_are_bad() {
    let Some(office) = Office::new() else {
        return;
    };
    key(&office.lab.path("weak"), &["-t", "rsa", "-b", "1024"]);
    for (who, namespace, why) in [
        ("weak", "nodeproof", "2048"),
        ("alice", "file", "namespace"),
    ] {
        let mut files = node().files();
        let sums = member(&mut files, "SHA256SUMS");
        let signature = sign(&office.lab.path(who), &["-n", namespace], sums);
        files.push(("SHA256SUMS.sig".to_owned(), signature));
        let (row, signature, _) = office.judged(&files, &[]);
        assert_eq!(outcome(&row), "error signature-bad", "{who}");
        let told = signature["why"].as_str().unwrap();
        assert!(told.contains(why), "{told}");
    }
}

/// What every part of the program says of one bundle.
fn everywhere(office: &Office, files: &Files) -> Value {
    let (row, signature, _) = office.judged(files, &[]);
    let (required, _, _) = office.judged(files, &["--require-signature"]);
    let (verified, ran) = office.verified(&["--allowed-signers", "signers"]);
    json!([
        outcome(&row),
        row["integrity"],
        signature["state"],
        outcome(&required),
        verified["result"],
        ran.code,
    ])
}

#[test]
fn good_unknown_bad_and_unsigned_are_four_things() {
    let Some(office) = Office::new() else {
        return;
    };
    let good = office.signed_by("alice", &node());
    let unknown = office.signed_by("mallory", &node());
    let unsigned = node().files();
    let mut of_others = unsigned.clone();
    let other = Bundle::node("other").kubelet(&[]);
    let signature = office.signed_by("alice", &other).pop().unwrap();
    of_others.push(signature);
    for (about, files, expected) in [
        (
            "good",
            &good,
            json!([
                "pass argument-sets-it",
                "signed",
                "good",
                "pass argument-sets-it",
                "ok",
                0
            ]),
        ),
        (
            "unknown",
            &unknown,
            json!([
                "pass argument-sets-it",
                "unknown-signer",
                "unknown-signer",
                "error signer-unknown",
                "ok",
                0
            ]),
        ),
        (
            "over other sums",
            &of_others,
            json!([
                "error signature-bad",
                "signature-bad",
                "bad",
                "error signature-bad",
                "failed",
                3
            ]),
        ),
        (
            "unsigned",
            &unsigned,
            json!([
                "pass argument-sets-it",
                "verified",
                "unsigned",
                "error not-signed",
                "ok",
                0
            ]),
        ),
    ] {
        assert_eq!(everywhere(&office, files), expected, "{about}");
    }
    for (name, files) in [
        ("a", &good),
        ("b", &unknown),
        ("c", &of_others),
        ("d", &unsigned),
    ] {
        office.lab.put(&format!("all/{name}.tgz"), &pack(files));
    }
    let ran = office.lab.run(&[
        "analyze",
        "all",
        "-b",
        "cis-1.12",
        "--allowed-signers",
        "signers",
    ]);
    let line = "Signatures: 1 good, 1 of an unknown signer, 1 bad; 1 bundle unsigned.";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    let table = office
        .lab
        .run(&["verify", "all", "--allowed-signers", "signers"])
        .stdout;
    for (line, word) in table
        .lines()
        .skip(1)
        .zip(["good", "unknown-signer", "bad", "unsigned"])
    {
        assert!(line.contains(word), "{table}");
    }
    // Where no signer was named, nobody is known.
    office.lab.put("in/n.tgz", &pack(&good));
    let (verified, ran) = office.verified(&[]);
    assert_eq!(verified["signature"]["state"], "unknown-signer");
    assert_eq!(ran.code, 0);
}

#[test]
fn no_change_to_a_signed_bundle_goes_unseen() {
    let Some(office) = Office::new() else {
        return;
    };
    let signed = office.signed_by("alice", &node());
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = signed.clone();
        change(&mut files);
        files
    };
    let swap = |files: &mut Files| {
        let text = String::from_utf8(member(files, "bundle.json").clone()).unwrap();
        let text = text.replace("\"node\":\"n\"", "\"node\":\"m\"");
        *member(files, "bundle.json") = text.into_bytes();
    };
    let edit = |files: &mut Files| {
        *member(files, "proc/42/cmdline") = b"/usr/bin/kubelet\0".to_vec();
    };
    for (about, files, code) in [
        ("swapped node name", changed(&swap), "checksum-mismatch"),
        (
            "swapped node name, summed anew",
            changed(&|f| {
                swap(f);
                sum(f);
            }),
            "signature-bad",
        ),
        ("edited member", changed(&edit), "checksum-mismatch"),
        (
            "edited member, summed anew",
            changed(&|f| {
                edit(f);
                sum(f);
            }),
            "signature-bad",
        ),
        (
            "no sums",
            changed(&|f| f.retain(|(name, _)| name != "SHA256SUMS")),
            "checksum-mismatch",
        ),
        (
            "a byte of the signature",
            changed(&|f| member(f, "SHA256SUMS.sig")[120] ^= 1),
            "signature-bad",
        ),
        (
            "half a signature",
            changed(&|f| member(f, "SHA256SUMS.sig").truncate(90)),
            "signature-bad",
        ),
        (
            "an empty signature",
            changed(&|f| member(f, "SHA256SUMS.sig").clear()),
            "signature-bad",
        ),
        (
            "two signatures",
            changed(&|f| {
                let last = f.last().unwrap().clone();
                f.push(last);
            }),
            "signature-bad",
        ),
    ] {
        let (row, signature, ran) = office.judged(&files, &[]);
        assert_eq!(outcome(&row), format!("error {code}"), "{about}");
        assert_eq!(ran.code, 3, "{about}");
        let is_bad = code == "signature-bad" || about == "no sums";
        assert_eq!(signature["state"] == "bad", is_bad, "{about}: {signature}");
        let (verified, ran) = office.verified(&["--allowed-signers", "signers"]);
        assert_eq!(
            (&verified["result"], ran.code),
            (&json!("failed"), 3),
            "{about}"
        );
    }
    // A stripped signature is an unsigned bundle, which whoever asks for signatures refuses.
    let stripped = changed(&|files| files.retain(|(name, _)| name != "SHA256SUMS.sig"));
    let (row, _, ran) = office.judged(&stripped, &["--require-signature"]);
    assert_eq!(outcome(&row), "error not-signed");
    assert_eq!(ran.code, 3);
    // Sums that leave the description out sign nobody's evidence.
    let mut files = node().files();
    let text = String::from_utf8(member(&mut files, "SHA256SUMS").clone()).unwrap();
    let kept = text.lines().filter(|line| !line.ends_with("bundle.json"));
    let text: String = kept.map(|line| format!("{line}\n")).collect();
    *member(&mut files, "SHA256SUMS") = text.into_bytes();
    let signature = sign(
        &office.lab.path("alice"),
        &OURS,
        member(&mut files, "SHA256SUMS"),
    );
    files.push(("SHA256SUMS.sig".to_owned(), signature));
    let (row, signature, _) = office.judged(&files, &["-q"]);
    assert_eq!(row["verdict"], "error");
    assert!(signature["why"].as_str().unwrap().contains("bundle.json"));
}

#[test]
fn keys_are_good_for_their_time_and_use() {
    let Some(office) = Office::new() else {
        return;
    };
    let public = std::fs::read_to_string(office.lab.path("alice.pub")).unwrap();
    let files = office.signed_by("alice", &node().with("operator", "alice@example.com"));
    for (options, principals, state, signer) in [
        ("", "*@example.com", "good", json!("alice@example.com")),
        ("", "*@example.org,bob", "good", json!("*@example.org,bob")),
        ("valid-before=\"20261121Z\" ", "a", "good", json!("a")),
        (
            "valid-before=\"20261120Z\" ",
            "a",
            "unknown-signer",
            Value::Null,
        ),
        (
            "valid-after=\"20261121Z\" ",
            "a",
            "unknown-signer",
            Value::Null,
        ),
        ("namespaces=\"git\" ", "a", "unknown-signer", Value::Null),
        ("namespaces=\"git,node*\" ", "a", "good", json!("a")),
    ] {
        office.lab.put(
            "signers",
            format!("{principals} {options}{public}").as_bytes(),
        );
        let (_, signature, _) = office.judged(&files, &[]);
        assert_eq!(
            (&signature["state"], &signature["signer"]),
            (&json!(state), &signer),
            "{options}"
        );
    }
    for (line, part) in [
        (
            format!("a cert-authority {public}"),
            "line 1: cert-authority is not supported",
        ),
        (
            "a ssh-ed25519 nonsense".to_owned(),
            "line 1: it has no public key",
        ),
        (String::new(), "names no signer"),
    ] {
        office.lab.put("signers", line.as_bytes());
        let ran = office
            .lab
            .run(&["verify", "in", "--allowed-signers", "signers"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    let ran = office.lab.run(&["verify", "in", "--require-signature"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn evidence_lent_by_a_bundle_with_a_bad_signature_is_not_believed() {
    let Some(office) = Office::new() else {
        return;
    };
    let mut lender = office.signed_by("alice", &Bundle::cluster("test").live("n", true));
    *member(&mut lender, "configz/n.json") =
        br#"{"kubeletconfig":{"enableServer":true,"makeIPTablesUtilChains":true,"x":1}}"#.to_vec();
    sum(&mut lender);
    office.lab.put("in/z.tgz", &pack(&lender));
    office
        .lab
        .put("in/n.tgz", &Bundle::node("n").kubelet(&[]).tar_gz());
    let arguments = ["analyze", "in", "-b", "cis-1.12", "--format", "jsonl"];
    let rows = rows(&office.lab.run(&arguments).stdout);
    assert!(
        rows.iter().all(|row| outcome(row) == "error signature-bad"),
        "{rows:?}"
    );
    assert!(rows[0]["reason"].as_str().unwrap().contains("z.tgz"));
}

/// A signature of a security key, put together as PROTOCOL.u2f says: there is no such key here.
#[test]
fn signatures_of_security_keys_are_read_as_ssh_keygen_reads_them() {
    use base64::Engine as _;
    use ring::digest::{SHA256, SHA512, digest};
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    };

    let Some(office) = Office::new() else {
        return;
    };
    let text = |bytes: &[u8]| {
        [
            &u32::try_from(bytes.len()).unwrap().to_be_bytes()[..],
            bytes,
        ]
        .concat()
    };
    let number = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap();
        let mut number = bytes[start..].to_vec();
        if number[0] & 0x80 != 0 {
            number.insert(0, 0);
        }
        text(&number)
    };
    let base64 = base64::engine::general_purpose::STANDARD;
    let random = SystemRandom::new();
    for is_ed25519 in [true, false] {
        let mut files = node().files();
        let sums = member(&mut files, "SHA256SUMS").clone();
        let signed = [
            &b"SSHSIG"[..],
            &text(b"nodeproof"),
            &text(b""),
            &text(b"sha512"),
            &text(digest(&SHA512, &sums).as_ref()),
        ]
        .concat();
        let (flags, counter) = (1_u8, 7_u32.to_be_bytes());
        let message = [
            digest(&SHA256, b"ssh:").as_ref(),
            &[flags],
            &counter,
            digest(&SHA256, &signed).as_ref(),
        ]
        .concat();
        let (kind, public, signature) = if is_ed25519 {
            let kind = &b"sk-ssh-ed25519@openssh.com"[..];
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
            let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
            let public = [text(kind), text(pair.public_key().as_ref()), text(b"ssh:")].concat();
            (kind, public, pair.sign(&message).as_ref().to_vec())
        } else {
            let kind = &b"sk-ecdsa-sha2-nistp256@openssh.com"[..];
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
            let point = text(pair.public_key().as_ref());
            let public = [text(kind), text(b"nistp256"), point, text(b"ssh:")].concat();
            let fixed = pair.sign(&random, &message).unwrap();
            let (r, s) = fixed.as_ref().split_at(32);
            (kind, public, [number(r), number(s)].concat())
        };
        let blob = [text(kind), text(&signature), vec![flags], counter.to_vec()].concat();
        let whole = [
            &b"SSHSIG"[..],
            &1_u32.to_be_bytes(),
            &text(&public),
            &text(b"nodeproof"),
            &text(b""),
            &text(b"sha512"),
            &text(&blob),
        ]
        .concat();
        let encoded = base64.encode(whole);
        let lines: Vec<&str> = encoded
            .as_bytes()
            .chunks(70)
            .map(|c| std::str::from_utf8(c).unwrap())
            .collect();
        let armored = format!(
            "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
            lines.join("\n")
        );
        let kind = std::str::from_utf8(kind).unwrap();
        office.lab.put(
            "signers",
            format!("carol {kind} {}\n", base64.encode(&public)).as_bytes(),
        );
        let file = office.lab.put("SHA256SUMS.sig", armored.as_bytes());
        // The real one takes it.
        let mut real = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", "nodeproof", "-I", "carol", "-f"])
            .arg(office.lab.path("signers"))
            .arg("-s")
            .arg(&file)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(real.stdin.as_mut().unwrap(), &sums).unwrap();
        assert!(real.wait().unwrap().success(), "{kind}");
        files.push(("SHA256SUMS.sig".to_owned(), armored.into_bytes()));
        let (row, signature, _) = office.judged(&files, &[]);
        assert_eq!(
            (&row["integrity"], &signature["signer"]),
            (&json!("signed"), &json!("carol")),
            "{kind} {signature}"
        );
        *member(&mut files, "SHA256SUMS") = [&sums[..], b"\n"].concat();
        let (_, signature, _) = office.judged(&files, &[]);
        assert_eq!(signature["state"], "bad", "{kind}");
    }
}
