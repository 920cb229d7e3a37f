//! What was found in the objects of a cluster → the decision.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::super::{Brief, Decider, Decision, Verdict};
use crate::evidence::citation::Citation;
use crate::evidence::objects::{NoObjects, name};
use crate::problem::Code;
use crate::rules::objects::shared::Shared;

/// Offenders that a sentence names; a table's cells name and cite no more.
const NAMED: usize = 5;

/// What was found so far.
pub(super) struct ObjectTally<'s> {
    pub(super) shared: &'s Shared,
    /// The only namespace that is asked about.
    pub(super) namespace: Option<String>,
    /// What to call each group of offenders, in the order in which they were found.
    groups: Vec<String>,
    /// How many are in each group.
    counts: HashMap<String, u64>,
    /// The first place of each group, and the others.
    firsts: Vec<Citation>,
    others: Vec<Citation>,
    /// So many of them are named.
    most: usize,
    /// Offenders in namespaces of the system, by namespace.
    system: BTreeMap<String, u64>,
    /// What a distribution ships, and does not count alone.
    shipped: Vec<String>,
    /// The first thing that decides nothing.
    undecided: Option<(String, Citation)>,
    /// Why what was found is not all there is.
    pub(super) missing: Option<NoObjects>,
    /// What all of it stands in.
    pub(super) members: Vec<Citation>,
    /// A level holds somewhere because it is the API servers' default.
    pub(super) is_by_default: bool,
    /// How many objects were asked about.
    pub(super) asked: u64,
}

impl<'s> ObjectTally<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            namespace: None,
            groups: Vec::new(),
            counts: HashMap::new(),
            firsts: Vec::new(),
            others: Vec::new(),
            most: usize::MAX,
            system: BTreeMap::new(),
            shipped: Vec::new(),
            undecided: None,
            missing: None,
            members: Vec::new(),
            is_by_default: false,
            asked: 0,
        }
    }

    /// Names so many offenders and no more.
    pub(super) fn names(&mut self, most: u64) {
        self.most = usize::try_from(most).unwrap_or(usize::MAX);
    }

    pub(super) fn offends(&mut self, what: String, place: Citation) {
        let count = self.counts.entry(what.clone()).or_default();
        *count += 1;
        let places = match *count {
            1 => &mut self.firsts,
            _ => &mut self.others,
        };
        if places.len() < self.most {
            places.push(place);
        }
        if *count == 1 {
            self.groups.push(what);
        }
    }

    pub(super) fn offends_in_system(&mut self, namespace: &str) {
        *self.system.entry(namespace.to_owned()).or_default() += 1;
    }

    pub(super) fn ships(&mut self, what: String) {
        if !self.shipped.contains(&what) {
            self.shipped.push(what);
        }
    }

    pub(super) fn decides_nothing(&mut self, item: &Json, place: Citation) {
        if self.undecided.is_none() {
            self.undecided = Some((name(item).unwrap_or_default(), place));
        }
    }

    pub(super) fn is_undecided(&self) -> bool {
        self.undecided.is_some()
    }

    pub(super) fn lacks(&mut self, missing: NoObjects) {
        if self.missing.is_none() {
            self.missing = Some(missing);
        }
    }

    /// What stands in the way of a pass; what is there may fail all the same.
    pub(super) fn settle(&self, expected: &str, offender: &str) -> Option<Decision> {
        let decision =
            |verdict, code, sentence| Decision::new(verdict, code, sentence, expected.to_owned());
        let offenders: u64 = self.counts.values().sum();
        if offenders > 0 {
            let one = |what: &String| match self.counts.get(what) {
                Some(1) | None => what.clone(),
                Some(many) => format!("{what} ({many} of them)"),
            };
            let named = |most: usize| {
                let named: Vec<String> = self.groups.iter().take(most).map(one).collect();
                let more = match self.groups.len().saturating_sub(most) {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                format!("{}{more}", named.join(", "))
            };
            let brief = named(NAMED);
            let places = self.firsts.iter().chain(&self.others).take(self.most);
            let is_cut = offenders > places.clone().count() as u64;
            let mut sentence = format!("{offenders} × {offender}: {brief}{}", self.beside());
            if is_cut {
                let _ = write!(
                    sentence,
                    "; {} are named, and more by `--limit offenders=N`",
                    self.most
                );
            }
            let mut failing = decision(Verdict::Fail, Code::ObjectsShow, sentence);
            failing.actual = Some(named(self.most));
            failing.source = Some(Decider::Api);
            self.note(&mut failing);
            if is_cut {
                failing.note(Code::OffendersCut);
            }
            let mut failing = failing.cite(places.cloned());
            failing.brief = (failing.evidence.len() > NAMED).then_some(Brief {
                actual: brief,
                evidence: NAMED,
            });
            return Some(failing);
        }
        if let Some(missing) = &self.missing {
            let mut lacking = decision(Verdict::Unknown, missing.code, missing.why.clone());
            if missing.code == Code::ObjectsUnreadable {
                lacking.verdict = Verdict::Error;
            }
            let cited = missing.citation.clone();
            return Some(lacking.cite(cited).cite(self.members.clone()));
        }
        let (name, place) = self.undecided.as_ref()?;
        let why =
            format!("what {name} has is masked, missing or of another type, so it decides nothing");
        Some(decision(Verdict::Unknown, Code::ObjectsIncomplete, why).cite([place.clone()]))
    }

    pub(super) fn pass(&self, expected: &str, sentence: &str) -> Decision {
        let sentence = format!("{sentence}{}", self.beside());
        let mut decision = Decision::new(
            Verdict::Pass,
            Code::ObjectsShow,
            sentence,
            expected.to_owned(),
        );
        decision.source = Some(Decider::Api);
        decision.actual = Some(self.shipped.join(", ")).filter(|text| !text.is_empty());
        self.note(&mut decision);
        decision.cite(self.members.clone())
    }

    fn note(&self, decision: &mut Decision) {
        if !self.shipped.is_empty() {
            decision.note(Code::DistributionDefault);
        }
    }

    /// What does not count, and is said.
    fn beside(&self) -> String {
        let mut text = String::new();
        if self.is_by_default {
            text.push_str(
                "; where a namespace has no label, the default of the API servers keeps one out",
            );
        }
        if !self.system.is_empty() {
            let system = self.system.iter();
            let system: Vec<String> = system.map(|(name, n)| format!("{n} in {name}")).collect();
            let system = system.join(", ");
            text.push_str(&format!(
                "; those in namespaces of the system are left out: {system}"
            ));
        }
        if !self.shipped.is_empty() {
            let shipped = self.shipped.join(", ");
            text.push_str(&format!(
                "; what the distribution ships is left out: {shipped}"
            ));
        }
        text
    }
}
