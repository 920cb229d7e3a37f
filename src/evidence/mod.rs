//! Members → typed evidence, parsed when first asked for.
//!
//! [`layout`] says what a member is, the readers say what it holds; this file answers the
//! questions later rooms ask, and remembers which members an answer rests on, so that their
//! digests can be compared with `SHA256SUMS`.

pub(crate) mod api_nodes;
pub mod args_file;
pub mod citation;
mod component;
pub mod configz;
pub mod contradiction;
mod crowd;
pub mod document;
mod excerpt;
pub mod files;
pub mod folder;
mod host_report;
pub mod integrity;
pub mod journal;
mod journal_export;
pub mod json;
pub mod kind;
pub mod layout;
pub mod layouts;
pub mod machines;
pub mod manifest;
pub mod masks;
mod metadata;
pub mod mirror_pods;
pub mod objects;
pub mod printed;
pub mod process;
pub mod ps;
pub mod refusal;
mod secrets;
pub mod stat;
pub mod static_pod;
pub mod unit;
pub mod unit_file;
pub mod unread;
pub mod version;
mod version_text;
pub mod yaml;
pub mod yaml_or_json;

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::bundle::sums::Sums;
use crate::bundle::{Bundle, Content, HEAD_BYTES, Member, encoding};
use crate::limits::{Limits, OTHER_WORDS, passed};
use crate::problem::Problem;
use citation::Citation;
use document::Document;
use kind::Kind;
use machines::Machine;
use manifest::Manifest;
use stat::Stat;

pub use configz::{Configz, NoReply};
pub use contradiction::Contradiction;
pub use files::{NodeFile, SeenOnDisk};
pub use folder::NodeFolder;
pub use integrity::{Duplicates, Integrity};
pub use refusal::Refusal;

/// What collectors write in the place of a secret (DESIGN §3).
pub const REDACTED: &str = "REDACTED-BY-NODEPROOF";

/// What one bundle proves.
pub struct Evidence<'b> {
    /// The bundle it comes from.
    pub bundle: &'b Bundle,
    /// Which machine of it this is of.
    pub machine: Machine,
    /// `bundle.json`, where it is there and right.
    pub manifest: Option<Manifest>,
    limits: &'b Limits,
    by_kind: Vec<(Kind, usize)>,
    /// The same by kind: a bundle of many members is asked for each of them.
    places: HashMap<Kind, Vec<usize>>,
    /// Documents that were read, by the place of their member in memory.
    documents: RefCell<HashMap<usize, Result<Arc<Document>, document::ParseError>>>,
    /// Lists of API objects that were read, by name.
    lists: RefCell<HashMap<String, Result<Arc<objects::List>, objects::NoObjects>>>,
    /// Values that more documents may have.
    values_left: Cell<u64>,
    /// Words that more argument lines of no component may have.
    words_left: Cell<u64>,
    /// Programs of which more processes run than are judged.
    beyond: RefCell<BTreeSet<String>>,
    /// Process lists that are longer than what is read of them.
    ended_early: RefCell<BTreeSet<usize>>,
    stat: Option<Stat<'b>>,
    /// The members that its rows stand in.
    stat_members: Vec<usize>,
    /// What `systemctl show` printed, or why there is none.
    units: OnceCell<Result<Vec<unit::UnitBlock>, String>>,
    /// `SHA256SUMS`, or what is wrong with it.
    sums: OnceCell<Result<Sums, String>>,
    /// The process lists that can be read, by member.
    listings: OnceCell<Vec<(usize, ps::Listing)>>,
    read: RefCell<BTreeSet<usize>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'b> Evidence<'b> {
    /// Recognises the members of a bundle.
    #[must_use]
    pub fn of(bundle: &'b Bundle, limits: &'b Limits) -> Self {
        let machine = machines::machines(bundle).into_iter().next();
        Self::of_machine(bundle, limits, machine.unwrap_or_default())
    }

    /// Recognises the members of a bundle that are of one machine.
    fn of_machine(bundle: &'b Bundle, limits: &'b Limits, machine: Machine) -> Self {
        let by_kind: Vec<(Kind, usize)> = bundle
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| !matches!(member.content, Content::Passed))
            .map(|(index, member)| (machine.kind(index, member), index))
            .filter(|(kind, _)| *kind != Kind::Other)
            .collect();
        let mut places: HashMap<Kind, Vec<usize>> = HashMap::new();
        for (kind, index) in &by_kind {
            places.entry(kind.clone()).or_default().push(*index);
        }
        let mut evidence = Self {
            bundle,
            machine,
            manifest: None,
            limits,
            by_kind,
            places,
            documents: RefCell::default(),
            lists: RefCell::default(),
            values_left: Cell::new(limits.bundle_values),
            words_left: Cell::new(OTHER_WORDS),
            beyond: RefCell::default(),
            ended_early: RefCell::default(),
            stat: None,
            stat_members: Vec::new(),
            units: OnceCell::new(),
            sums: OnceCell::new(),
            listings: OnceCell::new(),
            read: RefCell::default(),
            problems: RefCell::default(),
        };
        evidence.read_manifest();
        evidence.read_stat();
        for (kind, index) in &evidence.by_kind {
            if let Kind::Unread(unread) = kind {
                evidence.report(*index, unread.what().to_owned(), unread.next());
            }
        }
        evidence
    }

    fn read_manifest(&mut self) {
        if let Some(import) = self.import() {
            let mut manifest = import.manifest.clone();
            if let Some(masked) = layouts::masked(self.bundle) {
                (manifest.masked, manifest.redacted_from) = (masked.masked, masked.redacted_from);
            }
            self.manifest = Some(manifest);
            return;
        }
        const NEXT: &str = "the bundle is judged by what its members show; collect again to have its names, times and proofs";
        let Some(index) = self.first(&Kind::Manifest) else {
            if self.is_empty() {
                return;
            }
            self.problems.borrow_mut().push(Problem {
                bundle: self.bundle.name.clone(),
                member: None,
                what:
                    "has no bundle.json, so cluster, user, times and what was skipped are not known"
                        .to_owned(),
                next: NEXT.to_owned(),
            });
            return;
        };
        let bytes = self.bytes(index);
        let bounded = bytes.and_then(|b| json::within(b, self.limits).map(|()| b));
        match bounded.and_then(Manifest::parse) {
            Ok(manifest) => {
                if !manifest.lacks.is_empty() {
                    let what = format!("says nothing usable of {}", manifest.lacks.join(", "));
                    self.report(index, what, NEXT);
                }
                for (key, count) in &manifest.partial {
                    let what = format!("has entries of {key} that cannot be used ({count})");
                    self.report(
                        index,
                        what,
                        "the others are used; collect again to have all",
                    );
                }
                self.manifest = Some(manifest);
            }
            Err(what) => self.report(index, what, NEXT),
        }
    }

    fn report(&self, index: usize, what: String, next: &str) {
        let problem = Problem {
            bundle: self.bundle.name.clone(),
            member: self.bundle.members.get(index).map(|m| m.name.clone()),
            what,
            next: next.to_owned(),
        };
        // A member may be read for several questions.
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// The caps on what is read.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.limits
    }

    /// What went wrong in members while they were read.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    fn first(&self, wanted: &Kind) -> Option<usize> {
        self.places.get(wanted)?.first().copied()
    }

    fn all<'a>(
        &'a self,
        wanted: impl Fn(&Kind) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a Kind, usize)> + 'a {
        self.by_kind
            .iter()
            .filter(move |(kind, _)| wanted(kind))
            .map(|(kind, index)| (kind, *index))
    }

    /// A member's bytes; from now on a verdict rests on it.
    fn bytes(&self, index: usize) -> Result<&'b [u8], String> {
        self.read.borrow_mut().insert(index);
        let Some(member) = self.bundle.members.get(index) else {
            return Err("is not in the bundle".to_owned());
        };
        match &member.content {
            Content::Kept(bytes) => Ok(encoding::without_mark(bytes)),
            Content::TooLarge => {
                let (name, most) = match objects::is_list(&member.name) {
                    true => ("api-bytes", self.limits.api_bytes),
                    false => ("member-bytes", self.limits.member_bytes),
                };
                Err(format!(
                    "has {} bytes, more than --limit {name}={most}",
                    member.size
                ))
            }
            Content::NotAFile(what) => Err(format!("is a {what}, which is never followed")),
            Content::Unreadable(why) => Err(format!("cannot be read: {why}")),
            Content::Passed => Err("was not kept".to_owned()),
        }
    }

    fn cite(&self, index: usize) -> Citation {
        let Some(member) = self.bundle.members.get(index) else {
            return Citation::whole("");
        };
        Citation {
            sha256: member.sha256().unwrap_or_default().into(),
            ..Citation::whole(&member.name)
        }
    }

    /// Parses a document as the kubelet chooses its format.
    ///
    /// # Errors
    /// Line (0 when unknown) and what is wrong.
    pub fn document(&self, member: &Member) -> Result<Arc<Document>, document::ParseError> {
        let place = std::ptr::from_ref(member).addr();
        let mut documents = self.documents.borrow_mut();
        let document = documents.entry(place);
        document
            .or_insert_with(|| self.read_document(member))
            .clone()
    }

    fn read_document(&self, member: &Member) -> Result<Arc<Document>, document::ParseError> {
        let error = |what| document::ParseError { line: 0, what };
        let Content::Kept(bytes) = &member.content else {
            return Err(error("its bytes were not kept".to_owned()));
        };
        let document = yaml_or_json::parse(bytes, self.limits)?;
        match self.values_left.get().checked_sub(document.values) {
            Some(left) => self.values_left.set(left),
            None => {
                let most = self.limits.bundle_values;
                let what = "values, with the files before it,";
                return Err(error(passed("bundle-values", most, what)));
            }
        }
        Ok(Arc::new(document))
    }

    fn small_text(&self, kind: &Kind) -> Option<String> {
        let index = self.first(kind)?;
        let text = String::from_utf8_lossy(self.bytes(index).ok()?);
        Some(text.trim_end_matches(['\n', '\0']).to_owned()).filter(|t| !t.is_empty())
    }

    /// The first member that only a node has: a process, a file, metadata, a unit.
    #[must_use]
    pub fn node_evidence(&self) -> Option<&str> {
        let is_of_node = |kind: &Kind| {
            matches!(
                kind,
                Kind::ProcessList
                    | Kind::Arguments
                    | Kind::ServiceState
                    | Kind::CommandLine(_)
                    | Kind::Metadata
                    | Kind::PrintedMetadata
                    | Kind::Journal
                    | Kind::Units
                    | Kind::File(_)
                    | Kind::LooseKubeletConfig
            )
        };
        let (_, index) = self.all(is_of_node).next()?;
        Some(self.bundle.members.get(index)?.name.as_str())
    }

    /// Whether anything at all was recognised.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_kind.iter().all(|(kind, _)| {
            matches!(
                kind,
                Kind::Manifest | Kind::Sums | Kind::Signature | Kind::Report | Kind::Unread(_)
            )
        })
    }
}

/// Bytes as text; what is no UTF-8 becomes U+FFFD. Looking for such bytes costs as much as all else
/// that is done with most members, so whether there are any is asked first.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

fn head(member: &Member) -> &[u8] {
    match &member.content {
        Content::Kept(bytes) => bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default(),
        _ => &[],
    }
}

/// Seconds since 1970 of an RFC 3339 time.
#[must_use]
pub fn epoch_seconds(text: &str) -> Option<i64> {
    text.trim()
        .parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_second)
}
