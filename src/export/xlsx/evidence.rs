//! Evidence: every bundle with the members that its findings cite, their digests, when they were
//! collected and by what. A bundle without any has a line of its own.

use std::collections::BTreeMap;
use std::io;

use super::package::Rows;
use super::sheet::{Column, Sheets};
use super::spool::{RowSpool, Waiting};
use super::style::Style;
use crate::evidence::citation::Citation;
use crate::matrix::report::Bundle;
use crate::matrix::row::Row;

const COLUMNS: [Column<'static>; 12] = [
    ("cluster", 16.0),
    ("node", 30.0),
    ("bundle", 34.0),
    ("member", 50.0),
    ("sha256", 66.0),
    ("findings", 10.0),
    ("collected_at", 21.0),
    ("collector", 32.0),
    ("collector_sha256", 66.0),
    ("integrity", 12.0),
    ("bundle_sha256", 66.0),
    ("signature", 32.0),
];

#[derive(Default)]
pub(super) struct EvidenceRows {
    /// Of the bundle at hand: node, member and digest, and how many findings cite them.
    cited: BTreeMap<(String, String, String), u64>,
    rows: RowSpool,
    /// Bundles of no node, which lend evidence: their names as citations have them, and their cells.
    lenders: BTreeMap<String, [String; 7]>,
}

impl EvidenceRows {
    pub(super) fn row(&mut self, row: &Row<'_>) {
        let mut files: Vec<(&str, &str)> = row
            .evidence
            .iter()
            .zip(row.evidence_sha256.iter())
            .map(|(text, sha256)| (Citation::file_of(text), sha256.as_str()))
            .collect();
        files.sort_unstable();
        files.dedup();
        let node = row.node.unwrap_or_default();
        for (file, sha256) in files {
            let key = (node.to_owned(), file.to_owned(), sha256.to_owned());
            *self.cited.entry(key).or_default() += 1;
        }
    }

    pub(super) fn bundle(&mut self, bundle: &Bundle) -> io::Result<()> {
        let own = cells(bundle);
        if bundle.node.is_none() {
            let name = Citation::whole(&bundle.name).to_string();
            self.lenders.insert(name, own.clone());
        }
        let cluster = bundle.cluster.as_deref().unwrap_or_default();
        let cited = std::mem::take(&mut self.cited);
        let mut push = |node: &str, file: &str, sha256: &str, findings: &str| {
            let cells = [cluster, node, file, sha256, findings];
            let own = own.iter().map(String::as_str);
            let cells: Vec<&str> = cells.into_iter().chain(own).collect();
            self.rows.push(cluster, &cells)
        };
        if cited.is_empty() {
            push(bundle.node.as_deref().unwrap_or_default(), "", "", "0")?;
        }
        for ((node, file, sha256), findings) in &cited {
            push(node, file, sha256, &findings.to_string())?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<EvidenceSheets> {
        Ok(EvidenceSheets {
            rows: self.rows.finish()?,
            lenders: self.lenders,
        })
    }
}

/// Name, collected at, collector, its digest, integrity, digest, signature.
fn cells(bundle: &Bundle) -> [String; 7] {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let collector = bundle.collector.as_ref();
    let name = text(collector.and_then(|c| c.name.as_ref()));
    let version = text(collector.and_then(|c| c.version.as_ref()));
    [
        bundle.name.clone(),
        text(bundle.collected_at.as_ref()),
        format!("{name} {version}").trim().to_owned(),
        text(collector.and_then(|c| c.sha256.as_ref())),
        text(bundle.integrity.as_ref()),
        text(bundle.sha256.as_ref()),
        bundle
            .signature
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    ]
}

/// All cited members.
pub(super) struct EvidenceSheets {
    rows: Waiting,
    lenders: BTreeMap<String, [String; 7]>,
}

impl EvidenceSheets {
    pub(super) fn sheets<'b>(&'b self, sheets: &mut Sheets<'b>) -> io::Result<()> {
        for part in sheets.parts(&self.rows, 1) {
            let count = part.end - part.start;
            let fill = move |to: &mut Rows<'_>| {
                self.rows.each(part.clone(), |cells| {
                    let cells = self.line(cells);
                    to.row(cells.into_iter().zip(COLUMNS).map(|(text, (name, _))| {
                        let is_count = name == "findings";
                        (if is_count { Style::Count } else { Style::Text }, text)
                    }))
                })
            };
            sheets.table(
                "Evidence",
                "every bundle, and the members in it that findings cite",
                &COLUMNS,
                3,
                (count, self.rows.bytes),
                Box::new(fill),
            )?;
        }
        Ok(())
    }

    /// In the order of the columns, a lent member with what its own bundle says.
    fn line<'t>(&'t self, cells: &[&'t str]) -> Vec<&'t str> {
        let [cluster, node, file, sha256, findings, own @ ..] = cells else {
            return Vec::new();
        };
        let lent = file.match_indices('!').find_map(|(at, _)| {
            let (bundle, member) = file.split_at_checked(at)?;
            Some((self.lenders.get(bundle)?, member.strip_prefix('!')?))
        });
        let (own, member): (Vec<&str>, &str) = match lent {
            Some((cells, member)) => (cells.iter().map(String::as_str).collect(), member),
            None => (own.to_vec(), file),
        };
        let [
            bundle,
            collected_at,
            collector,
            collector_sha256,
            integrity,
            digest,
            signature,
        ] = own[..]
        else {
            return Vec::new();
        };
        vec![
            cluster,
            node,
            bundle,
            member,
            sha256,
            findings,
            collected_at,
            collector,
            collector_sha256,
            integrity,
            digest,
            signature,
        ]
    }
}
