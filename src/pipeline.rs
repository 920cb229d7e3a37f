//! The only file that knows all stages: places → index → lenders → rows, in order, through a
//! bounded window.

mod admission;
pub mod analyze;
mod asked;
mod cluster;
pub mod convert;
pub mod explain;
mod imports;
mod loans;
mod machines;
mod parts;
pub mod redact;
mod rows;
mod run;
pub mod shards;
mod trusted;
pub mod verify;

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::bundle::{Bundle, Place, Unreadable};
use crate::evidence::objects::shrunk::EvidenceSelector;
use crate::evidence::process::Process;
use crate::evidence::{Evidence, layout};
use crate::fleet::expect::Expected;
use crate::fleet::identity::Identity;
use crate::fleet::index::Index;
use crate::fleet::join::Join;
use crate::fleet::lend::{Lender, Lent, Loan};
use crate::fleet::reading::{Read, Reading};
use crate::matrix::custody::Custody;
use crate::matrix::finding::Origin;
use crate::matrix::judged::Judged;
use crate::matrix::report;
use crate::node::Node;
use crate::problem::Problem;
use crate::rules::objects::admission::Admission;
use crate::settings::live::{self, Live};
use crate::verdict::subject::Subject;
use crate::verdict::trust::Trust;
pub use run::{Run, pool};

use machines::{is_nothing, of_nobody};
use parts::{BundleParts, odd_kind, other_system, parts};
pub use trusted::Trusted;

/// What the first pass found out.
pub struct Fleet<'f> {
    reading: Reading<'f>,
    lenders: Vec<Lender>,
    /// Bundles that were read in the first pass: an index into `lenders`, or why there is none.
    known: BTreeMap<usize, Result<usize, Box<Unreadable>>>,
    join: Join,
    /// What clusters' API servers let in, by the number of the cluster's bundle.
    admissions: BTreeMap<usize, Admission>,
    /// Who the bundles are.
    pub identity: Identity,
}

impl Fleet<'_> {
    /// What there is to judge.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.reading.index
    }

    /// What a cluster bundle lends, that was read in the first pass.
    fn lender(&self, bundle_number: usize) -> Option<(usize, &Lender)> {
        let at = *self.known.get(&bundle_number)?.as_ref().ok()?;
        Some((at, self.lenders.get(at)?))
    }

    /// Whether nothing more is to be read of a bundle: a cluster's, with no evidence of a node and
    /// no objects.
    #[must_use]
    pub fn was_read(&self, bundle_number: usize) -> bool {
        let is_more =
            |(_, lender): (usize, &Lender)| lender.own_node.is_some() || lender.has_objects;
        self.known.contains_key(&bundle_number) && !self.lender(bundle_number).is_some_and(is_more)
    }

    /// The nodes that cluster bundles list.
    #[must_use]
    pub fn listed(&self) -> Expected {
        Expected::listed(&self.lenders)
    }
}

impl Run<'_> {
    /// Finds out what there is, and reads what cluster bundles can lend. What is dated after `today`
    /// is in doubt.
    #[must_use]
    pub fn first_pass<'f>(&'f self, places: &'f [Place], today: Option<Timestamp>) -> Fleet<'f> {
        let (reading, imported, mut read) = self.pool.install(|| {
            let limits = &self.limits;
            let reading = Reading {
                places,
                selected: EvidenceSelector {
                    shapes: &self.catalog.shapes,
                    most: limits.member_bytes,
                    hashes_all: self.trusted.verifies_all,
                },
                index: Index::of(places, limits, &layout::is_evidence),
                limits,
                signers: self.trusted.signers.as_ref(),
                read_as: self.read_as,
            };
            let mut reading = reading;
            let imported = self.imported(&mut reading);
            let is_cluster = |bundle_number| reading.index.is_cluster(bundle_number);
            let lenders = |place| reading.some(place, &is_cluster, &|bundle| self.lender(&bundle));
            let all = (0..places.len()).into_par_iter();
            let read: Vec<_> = all.flat_map_iter(lenders).collect();
            (reading, imported, read)
        });
        read.sort_by_key(|(bundle_number, _)| *bundle_number);
        let mut lenders = Vec::new();
        let mut known = BTreeMap::new();
        for (bundle_number, outcome) in read {
            let slot = outcome.map(|lender| {
                lenders.push(lender);
                lenders.len() - 1
            });
            known.insert(bundle_number, slot);
        }
        // Their rows are their own, so nobody asks for them by number.
        lenders.extend(imported);
        let join = Join::of(&reading.index.entries, &lenders, today);
        let read = known.iter().filter_map(|(bundle_number, outcome)| {
            let slot = outcome.as_ref().ok()?;
            Some((*bundle_number, lenders.get(*slot)?))
        });
        let read: Vec<(usize, &Lender)> = read.collect();
        let (identity, admissions) = self.pool.install(|| {
            let identity = Identity::of(&reading, &read, &join, today);
            let admissions = self.admissions(&reading, &read, &join, &identity);
            (identity, admissions)
        });
        Fleet {
            reading,
            lenders,
            known,
            join,
            admissions,
            identity,
        }
    }

    /// Judges every bundle, and hands the results on in row order.
    ///
    /// # Errors
    /// What `emit` returned, or that a temporary file failed; judging stops there.
    pub fn judge<E: From<io::Error>>(
        &self,
        fleet: &Fleet<'_>,
        emit: &mut dyn FnMut(Judged) -> Result<(), E>,
    ) -> Result<(), E> {
        self.judge_some(fleet, &|_| true, &mut |_, judged| emit(judged))
    }

    fn lender(&self, bundle: &Bundle) -> Lender {
        Lender::of(&Evidence::of(bundle, &self.limits), &self.lent_paths())
    }

    /// The settings that are lent.
    fn lent_paths(&self) -> Vec<&str> {
        let mut paths = self.catalog.settings();
        for key in live::telling_keys() {
            paths.push(key);
        }
        paths
    }

    fn judge_numbered(
        &self,
        bundle_number: usize,
        read: Option<Read>,
        fleet: &Fleet<'_>,
    ) -> Judged {
        let name = fleet.reading.name(bundle_number);
        let entry = fleet.index().entries.get(bundle_number);
        let is_nobodys = |at, n| fleet.join.borrowers(at, n).is_empty();
        let outcome = match (read, fleet.known.get(&bundle_number)) {
            (Some(read), _) => {
                let loan = fleet.join.loan(bundle_number, &fleet.lenders);
                let described = entry.is_some_and(|entry| entry.described);
                let is_own = |n| match fleet.lender(bundle_number) {
                    Some((at, _)) => is_nobodys(at, n),
                    None => true,
                };
                let admission = fleet.admissions.get(&bundle_number);
                read.map(|bundle| self.judge_bundle(&bundle, described, loan, &is_own, admission))
            }
            (None, Some(Err(unreadable))) => Err(unreadable.clone()),
            (None, Some(Ok(at))) => match fleet.lenders.get(*at) {
                Some(lender) => self.judge_lender(lender, &|n| is_nobodys(*at, n)),
                None => Ok(Judged::default()),
            },
            (None, None) => Ok(Judged::default()),
        };
        let mut judged = outcome.unwrap_or_else(|unreadable| {
            let mut judged = Judged::unreadable(*unreadable, name, entry, self.catalog);
            judged
                .findings
                .extend(self.judge_lone_loan(bundle_number, fleet));
            judged
        });
        judged
            .bundle
            .problems
            .extend(fleet.join.refused(bundle_number).map(|why| Problem {
                bundle: name.to_owned(),
                member: None,
                what: format!("configz from a cluster bundle was not used: {why}"),
                next: "check the names, and collect both again".to_owned(),
            }));
        judged
    }

    /// Of what the API shows of others, the nodes that `is_own` names, by number.
    fn judge_bundle(
        &self,
        bundle: &Bundle,
        described: bool,
        loan: Option<(&Lender, &Loan)>,
        is_own: &dyn Fn(usize) -> bool,
        admission: Option<&Admission>,
    ) -> Judged {
        let mut machines = Evidence::of_machines(bundle, &self.limits);
        if machines.len() > 1 {
            return self.judge_machines(bundle, &mut machines);
        }
        let evidence = match machines.pop() {
            Some(evidence) if !is_nothing(&evidence) => evidence,
            nothing => return of_nobody(bundle, nothing.as_ref()),
        };
        let is_import = evidence.import().is_some();
        let late = (evidence.manifest.is_some() && !described && !is_import).then(|| Problem {
            bundle: bundle.name.clone(),
            member: Some("bundle.json".to_owned()),
            what: "is not the first member, so configz is neither lent nor borrowed".to_owned(),
            next: "pack it first, or collect again".to_owned(),
        });
        let processes = evidence.processes();
        let parts = parts(&evidence);
        if parts == BundleParts::OfOthers {
            let lender = self.lender(bundle);
            if lender.loans.is_empty() && evidence.manifest.is_none() {
                return of_nobody(bundle, Some(&evidence));
            }
            let mut judged = match self.judge_lender(&lender, is_own) {
                Ok(judged) => judged,
                Err(unreadable) => {
                    Judged::unreadable(*unreadable, &bundle.name, None, self.catalog)
                }
            };
            judged.bundle.problems.extend(late);
            judged.bundle.problems.extend(odd_kind(&evidence, parts));
            self.join_cluster(&mut judged, &evidence, admission);
            return judged;
        }
        let mut judged = self.judge_node(&evidence, &processes, late, loan);
        judged.bundle.problems.extend(odd_kind(&evidence, parts));
        if parts == BundleParts::Both {
            let own = judged.bundle.node.clone();
            let lender = self.lender(bundle);
            let is_other = |n: usize| {
                let loan = lender.loans.get(n);
                is_own(n) && loan.is_some_and(|loan| Some(&loan.node) != own.as_ref())
            };
            judged.join(match self.judge_lender(&lender, &is_other) {
                Ok(others) => others,
                Err(unreadable) => {
                    Judged::unreadable(*unreadable, &bundle.name, None, self.catalog)
                }
            });
        }
        self.join_cluster(&mut judged, &evidence, admission);
        judged
    }

    /// Judges the node whose own evidence is in a bundle.
    fn judge_node(
        &self,
        evidence: &Evidence<'_>,
        processes: &[Process],
        late: Option<Problem>,
        loan: Option<(&Lender, &Loan)>,
    ) -> Judged {
        let bundle = evidence.bundle;
        let api = loan.map(|(lender, loan)| loan.api.lent_by(&lender.bundle));
        let node = Node::of(evidence, processes, api.as_ref());
        let mut problems = bundle.problems.clone();
        problems.extend(late);
        if parts(evidence) == BundleParts::OfNode {
            problems.extend(evidence.foreign_configz(&node.name));
        }
        problems.extend(loan.and_then(|loan| other_system(&node, loan, &bundle.name)));
        let own = evidence.configz(&node.name);
        problems.extend(own.iter().filter_map(|own| evidence.refused_configz(own)));
        let own = own.map(Live::from);
        let lent = || loan.and_then(|(l, loan)| Live::of(loan, Some(&l.bundle), &self.limits));
        // What was refused to one may have been handed out to the other.
        let live = match own.as_ref().and_then(Live::refusal) {
            None => own.or_else(lent),
            Some(_) => lent().filter(|lent| lent.refusal().is_none()).or(own),
        };
        let lends_live = live.as_ref().is_some_and(|l| l.citation.bundle.is_some());
        let bears = |loan: &Loan| loan.api.bears_on_verdicts() || !loan.mirrors.is_empty();
        let lender = loan.filter(|(_, loan)| lends_live || bears(loan));
        let lent = loan.map(|(lender, loan)| Lent::of(lender, loan));
        let lent = lent.unwrap_or_default();
        let subject = Subject::of(evidence, processes, &node, live, &lent);
        let mut origin = Origin {
            bundle: bundle.name.clone(),
            bundle_sha256: Some(bundle.digest.clone()),
            collected_at: evidence
                .manifest
                .as_ref()
                .and_then(|m| m.collected_at.clone()),
            ..Origin::default()
        };
        let trust = || {
            let own = Trust {
                bundle: None,
                // They rest on stat.tsv, so they come before the digests are compared.
                contradictions: evidence.contradictions(),
                integrity: evidence.integrity(),
                unsigned: self.trusted.unsigned(&evidence.bundle.signature),
                duplicates: evidence.duplicates(),
            };
            let lenders = lender.map(|(lender, _)| Trust {
                bundle: Some(lender.bundle.clone()),
                integrity: lender.integrity.clone(),
                unsigned: self.trusted.unsigned(&lender.signature),
                duplicates: lender.duplicates.clone(),
                contradictions: Vec::new(),
            });
            [Some(own), lenders].into_iter().flatten().collect()
        };
        let findings = self.rows(&node, &subject, origin.clone(), &trust);
        let asked = vec![self.asked_of_node(&node, &subject)];
        problems.extend(evidence.problems());
        origin.node = Some(node.name);
        origin.cluster = node.cluster;
        origin.integrity = Some(evidence.integrity().as_str().to_owned());
        Judged {
            findings,
            asked,
            no_evidence: None,
            bundle: report::Bundle {
                collector: evidence.manifest.as_ref().and_then(|m| m.collector.clone()),
                custody: evidence.manifest.as_ref().map(Custody::of),
                role: node.role.map(|role| role.as_str().to_owned()),
                kubernetes: node.version.map(|(version, _)| version.to_string()),
                ..report::Bundle::of(origin, problems).signed(&evidence.bundle.signature)
            },
        }
    }
}
