//! Bundles against what they say of themselves: checksums, signature, structure. Nothing is judged.

use std::io;

use serde::{Deserialize, Serialize};

use super::Trusted;
use crate::bundle::checked::{self, SIGNATURE, SUMS};
use crate::bundle::{Bundle, Content, Place, Unreadable, sums};
use crate::evidence::json;
use crate::evidence::layout;
use crate::evidence::manifest::Manifest;
use crate::evidence::objects::shape::Shapes;
use crate::evidence::objects::shrunk::EvidenceSelector;
use crate::fleet::index::Index;
use crate::fleet::reading::{Read, Reading};
use crate::limits::Limits;
use crate::matrix::report::Signed;
use crate::problem::{Code, Problem};
use crate::verdict::trust;

/// What is named of one bundle; the rest is counted.
const NAMED: usize = 100;

/// What is asked.
pub struct Verification {
    /// Caps on input.
    pub limits: Limits,
    /// What bundles must show to be believed.
    pub trusted: Trusted,
    /// Worker threads.
    pub pool: rayon::ThreadPool,
}

/// What came of one bundle.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Verified {
    /// Its name, as the `bundle` column of a report has it.
    pub bundle: String,
    /// `ok`, `failed`, or `no-sums`: there is nothing to compare its members with.
    pub result: String,
    /// Its digest; null where it could not be read at all.
    pub sha256: Option<String>,
    /// `match`, `mismatch` or `none`; null where it could not be read.
    pub checksums: Option<String>,
    /// Who signed it; null where it could not be read.
    pub signature: Option<Signed>,
    /// Members it has.
    pub members: usize,
    /// How much failed.
    pub failed: usize,
    /// What failed, the first of it.
    pub failures: Vec<Problem>,
    /// What a reader should know besides.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// Compares all bundles, and hands on what came of each, in row order.
    ///
    /// # Errors
    /// What `emit` returned, or that a temporary file failed.
    pub fn all<E: From<io::Error>>(
        &self,
        places: &[Place],
        emit: &mut dyn FnMut(Verified) -> Result<(), E>,
    ) -> Result<(Vec<Problem>, u64), E> {
        let (limits, shapes) = (&self.limits, Shapes::default());
        let reading = self.pool.install(|| Reading {
            places,
            index: Index::of(places, limits, &layout::is_evidence),
            limits,
            selected: EvidenceSelector {
                shapes: &shapes,
                most: limits.member_bytes,
                hashes_all: true,
            },
            signers: self.trusted.signers.as_ref(),
            read_as: None,
        });
        let make = |bundle_number, read: Option<Read>| match read {
            Some(Ok(bundle)) => self.one(&bundle),
            Some(Err(why)) => unreadable(reading.name(bundle_number), &why),
            None => unreadable(
                reading.name(bundle_number),
                &Unreadable::fault(reading.name(bundle_number)),
            ),
        };
        reading.all(&self.pool, &|_| false, &make, emit)?;
        let problems = reading.index.problems().cloned().collect();
        Ok((problems, reading.index.skipped()))
    }

    fn one(&self, bundle: &Bundle) -> Verified {
        let mut failures = Failures::of(bundle);
        let listed = bundle.members.iter().find(|member| member.name == SUMS);
        let has_sums = listed.is_some();
        match listed.map(|member| &member.content) {
            Some(Content::Kept(bytes)) => self.compare(bundle, bytes, &mut failures),
            Some(_) => failures.add(Some(SUMS), "cannot be read"),
            None => {
                let mut names = bundle.members.iter().map(|member| member.name.as_str());
                if let Some(name) = names.find(|name| name.starts_with("SHA256SUMS.")) {
                    failures.add(Some(name), "is in the bundle, and SHA256SUMS is not");
                }
            }
        }
        if let Some(why) = &bundle.not_as_packed {
            failures.add(None, why);
        }
        let is_match = failures.count == 0;
        // Archives of other tools hold links, and members twice, by right.
        if has_sums {
            structure(bundle, &self.limits, &mut failures);
        }
        match trust::refused(&bundle.signature) {
            Some((Code::SignatureBad, why)) => failures.add(Some(SIGNATURE), &why),
            Some((_, why)) if self.trusted.requires_signature => failures.add(None, &why),
            _ => {}
        }
        let (result, checksums) = match (has_sums, is_match) {
            _ if failures.count > 0 => (
                "failed",
                if has_sums && is_match {
                    "match"
                } else {
                    "mismatch"
                },
            ),
            (true, _) => ("ok", "match"),
            (false, _) => ("no-sums", "none"),
        };
        let checksums = if has_sums || !is_match {
            checksums
        } else {
            "none"
        };
        Verified {
            bundle: bundle.name.clone(),
            result: result.to_owned(),
            sha256: Some(bundle.digest.clone()),
            checksums: Some(checksums.to_owned()),
            signature: Some((&bundle.signature).into()),
            members: bundle.members.len(),
            failed: failures.count,
            failures: failures.named,
            problems: bundle.problems.clone(),
        }
    }

    fn compare(&self, bundle: &Bundle, bytes: &[u8], failures: &mut Failures<'_>) {
        let listed = match sums::parse(bytes, &self.limits) {
            Ok(listed) => listed,
            Err((line, what)) => {
                return failures.add(Some(SUMS), &format!("line {line} {what}"));
            }
        };
        for name in checked::missing(bundle, &listed) {
            failures.add(
                Some(name),
                "is listed in SHA256SUMS and is not in the bundle",
            );
        }
        for member in &bundle.members {
            if let Some(why) = checked::against(member, &listed) {
                let what = why.strip_prefix(&member.name).unwrap_or(&why).trim_start();
                failures.add(Some(&member.name), what);
            }
            if let Content::Unreadable(why) = &member.content {
                failures.add(Some(&member.name), &format!("cannot be read ({why})"));
            }
        }
    }
}

/// What the format asks of a bundle beside its checksums.
fn structure(bundle: &Bundle, limits: &Limits, failures: &mut Failures<'_>) {
    let description = bundle.members.iter().find(|m| m.name == "bundle.json");
    match description.map(|member| &member.content) {
        None => failures.add(Some("bundle.json"), "is not in the bundle"),
        Some(Content::Kept(bytes)) => {
            let read = json::within(bytes, limits).and_then(|()| Manifest::parse(bytes));
            if let Err(why) = read {
                failures.add(Some("bundle.json"), &why);
            }
            if bundle
                .members
                .first()
                .is_some_and(|m| m.name != "bundle.json")
            {
                failures.add(Some("bundle.json"), "is not the first member");
            }
        }
        Some(_) => failures.add(Some("bundle.json"), "cannot be read"),
    }
    for member in &bundle.members {
        if member.copies > 1 {
            failures.add(Some(&member.name), "is in the bundle more than once");
        }
        if let Content::NotAFile(what) = member.content {
            failures.add(Some(&member.name), &format!("is a {what}"));
        }
    }
    if bundle.refused > 0 {
        let what = format!("{} members have names that are refused", bundle.refused);
        failures.add(None, &what);
    }
}

fn unreadable(name: &str, why: &Unreadable) -> Verified {
    Verified {
        bundle: name.to_owned(),
        result: "failed".to_owned(),
        sha256: why.digest.clone(),
        checksums: None,
        signature: None,
        members: 0,
        failed: 1,
        failures: vec![Problem {
            what: format!("{}: {}", why.code.as_str(), why.problem.what),
            ..why.problem.clone()
        }],
        problems: Vec::new(),
    }
}

/// What failed, the first of it by name.
struct Failures<'b> {
    bundle: &'b str,
    count: usize,
    named: Vec<Problem>,
}

impl<'b> Failures<'b> {
    fn of(bundle: &'b Bundle) -> Self {
        Self {
            bundle: &bundle.name,
            count: 0,
            named: Vec::new(),
        }
    }

    fn add(&mut self, member: Option<&str>, what: &str) {
        self.count += 1;
        if self.named.len() == NAMED {
            return;
        }
        let next = "copy the bundle again from where it was collected; if the copy gives the same, find out who changed it";
        let problem = Problem {
            bundle: self.bundle.to_owned(),
            member: member.map(str::to_owned),
            what: what.to_owned(),
            next: next.to_owned(),
        };
        // One that stands in the bundle twice fails once.
        match self.named.contains(&problem) {
            true => self.count -= 1,
            false => self.named.push(problem),
        }
    }
}
