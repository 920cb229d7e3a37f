//! Evidence as it comes from real nodes and from people who wish a pass: processes, configz,
//! checksums, loose archives, files named by arguments, public archives.

mod configz;
mod integrity;
mod loose;
mod presence;
mod processes;
mod public;
mod settings;

use crate::support::*;
use nodeproof::bundle;
use nodeproof::problem::Code;
use serde_json::Value;

/// The flag all cases are about.
const ON: &str = "--make-iptables-util-chains=true";
const OFF: &str = "--make-iptables-util-chains=false";
const KEY_ON: &str = "makeIPTablesUtilChains: true\n";
const KEY_OFF: &str = "makeIPTablesUtilChains: false\n";
const PATH: &str = "/var/lib/kubelet/config.yaml";
const WITH_CONFIG: &str = "--config=/var/lib/kubelet/config.yaml";

/// Cases: what it is about, the bundle, `verdict code`.
struct Cases(Vec<(String, Vec<u8>, String)>);

impl Cases {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn add(&mut self, about: &str, bundle: &Bundle, wanted: &str) {
        self.raw(about, bundle.tar_gz(), wanted);
    }

    fn raw(&mut self, about: &str, bytes: Vec<u8>, wanted: &str) {
        self.0.push((about.to_owned(), bytes, wanted.to_owned()));
    }

    /// Judges all in one run; says every case that came out otherwise.
    fn judge(self) -> Vec<Value> {
        let lab = Lab::new();
        for (at, (_, bytes, _)) in self.0.iter().enumerate() {
            lab.put(&format!("{at:03}.tar.gz"), bytes);
        }
        let rows = lab.rows("cis-1.12");
        assert_eq!(rows.len(), self.0.len());
        let mut wrong = Vec::new();
        for (row, (about, _, wanted)) in rows.iter().zip(&self.0) {
            sound(row);
            if outcome(row) != *wanted {
                wrong.push(format!(
                    "{about}: wanted {wanted}, got {} {}",
                    outcome(row),
                    row["reason"]
                ));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        rows
    }
}

/// What holds of every row, whatever the evidence.
fn sound(row: &Value) {
    let reason = row["reason"].as_str().unwrap();
    let code = reason.split(':').next().unwrap();
    let known = Code::ALL.iter().any(|(_, word, _)| *word == code)
        || bundle::Code::ALL.iter().any(|(_, word, _)| *word == code);
    assert!(known, "{reason}");
    for note in row["notes"].as_array().unwrap() {
        assert!(Code::ALL.iter().any(|(_, word, _)| note == *word), "{note}");
    }
    let evidence = row["evidence"].as_array().unwrap();
    let digests = row["evidence_sha256"].as_array().unwrap();
    assert_eq!(evidence.len(), digests.len(), "{row:#}");
    for cell in evidence {
        let cell = cell.as_str().unwrap();
        assert!(!cell.contains(char::is_whitespace), "{cell:?}");
    }
    if matches!(row["verdict"].as_str().unwrap(), "pass" | "fail") {
        assert!(!evidence.is_empty(), "{row:#}");
        assert!(row["actual"].is_string(), "{row:#}");
    }
}

/// One bundle's row, and what went to stderr.
fn told(bundle: &Bundle) -> (Value, String) {
    told_of(&bundle.tar_gz())
}

fn told_of(bytes: &[u8]) -> (Value, String) {
    let lab = Lab::new();
    lab.put("node.tar.gz", bytes);
    let ran = lab.run(&["analyze", ".", "-b", "cis-1.12", "--format", "jsonl"]);
    let mut all = rows(&ran.stdout);
    assert_eq!(all.len(), 1, "{}", ran.stderr);
    sound(&all[0]);
    (all.remove(0), ran.stderr)
}

/// A bundle whose files somebody changed before it was packed, its checksums left as they were.
fn tampered(bundle: &Bundle, change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> Vec<u8> {
    let mut files = bundle.files();
    change(&mut files);
    pack(&bundle.top, &files)
}

fn pack(top: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let name = match top {
            "" => name.clone(),
            top => format!("{top}/{name}"),
        };
        append(&mut builder, &name, bytes);
    }
    gzip(&builder.into_inner().unwrap())
}
