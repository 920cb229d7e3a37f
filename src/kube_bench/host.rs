//! One node as the scripts of checks see it; every place that was read is noted.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use super::stop::AuditStop;
use crate::evidence::citation::Citation;
use crate::evidence::printed::PrintedProcess;
use crate::evidence::stat::{FileType, StatRow};
use crate::evidence::{Evidence, NodeFile, NodeFolder};

/// Places of one member that are noted: what a script reads beyond them is in the same member.
const PER_MEMBER: usize = 10;

/// The processes of a node, or why they are not known.
pub type Processes = Rc<Result<Vec<PrintedProcess>, String>>;

/// A node, for the scripts of one check.
pub struct AuditHost<'h> {
    evidence: &'h Evidence<'h>,
    processes: Processes,
    cited: RefCell<Vec<Citation>>,
    has_listed_processes: Cell<bool>,
}

impl<'h> AuditHost<'h> {
    /// Of its evidence.
    #[must_use]
    pub fn new(evidence: &'h Evidence<'h>, processes: Processes) -> Self {
        Self {
            evidence,
            processes,
            cited: RefCell::default(),
            has_listed_processes: Cell::new(false),
        }
    }

    /// What was read: of processes, those whose lines are in what was printed.
    #[must_use]
    pub fn cited(&self, printed: &str) -> Vec<Citation> {
        if self.has_listed_processes.get() {
            let processes = self.processes.iter().flatten();
            let lines: HashSet<&str> = printed.lines().collect();
            let shown = processes.filter(|one| lines.contains(one.line.trim_end()));
            let shown: Vec<Citation> = shown.map(|one| one.citation.clone()).collect();
            let first = self.processes.iter().flatten().next();
            let list = first.map(|one| one.citation.line(0));
            match shown.as_slice() {
                [] => list.into_iter().for_each(|place| self.cite(place)),
                shown => shown.iter().cloned().for_each(|place| self.cite(place)),
            }
        }
        self.cited.borrow().clone()
    }

    /// Notes a place.
    pub(super) fn cite(&self, citation: Citation) {
        let mut cited = self.cited.borrow_mut();
        let same = cited.iter().filter(|one| one.member == citation.member);
        if same.count() < PER_MEMBER && !cited.contains(&citation) {
            cited.push(citation);
        }
    }

    /// What `look` gives, and what it read for that.
    pub(super) fn noted<T>(&self, look: impl FnOnce() -> T) -> (T, Vec<Citation>) {
        let before = self.cited.take();
        let found = look();
        (found, self.cited.replace(before))
    }

    /// Every process.
    pub(super) fn processes(&self) -> Result<&[PrintedProcess], AuditStop> {
        self.has_listed_processes.set(true);
        let processes = self.processes.as_ref().as_ref();
        processes
            .map(Vec::as_slice)
            .map_err(|why| AuditStop::Missing(why.clone()))
    }

    /// What stands at a path itself.
    pub(super) fn looked_at(&self, path: &str) -> Result<Option<&StatRow<'h>>, AuditStop> {
        let (row, citation) = self.evidence.looked_at(path).map_err(AuditStop::Missing)?;
        citation
            .into_iter()
            .for_each(|citation| self.cite(citation));
        Ok(row)
    }

    /// What stands at the end of the links that a path is, with its size.
    pub(super) fn end_of(&self, path: &str) -> Result<Option<(FileType, Option<u64>)>, AuditStop> {
        let hops = self.evidence.hops(path);
        let last = hops.into_iter().next_back();
        let Some((row, citation)) = last.filter(|(row, _)| row.kind != FileType::Symlink) else {
            let why = format!("what {path} links to is not in the evidence");
            return Err(AuditStop::Missing(why));
        };
        self.cite(citation);
        match row.kind {
            FileType::Absent => Ok(None),
            FileType::Unreadable => {
                let why = format!("the collector could not look at what {path} links to");
                Err(AuditStop::Missing(why))
            }
            kind => Ok(Some((kind, row.size))),
        }
    }

    /// The file at a path, as far as its bytes are known.
    pub(super) fn file(&self, path: &str) -> Result<Bytes, AuditStop> {
        match self.evidence.file(path) {
            NodeFile::Here(member, citation) => {
                self.cite(citation);
                let bytes = self
                    .evidence
                    .member_bytes(member)
                    .map_err(AuditStop::Missing)?;
                Ok(Bytes::Here(String::from_utf8_lossy(bytes).into_owned()))
            }
            NodeFile::Absent(citation) => {
                citation
                    .into_iter()
                    .for_each(|citation| self.cite(citation));
                Ok(Bytes::Absent)
            }
            NodeFile::Unusable(why, citation) => {
                let why = format!("{path} ({}) {why}", citation.spoken());
                Err(AuditStop::Missing(why))
            }
            NodeFile::NotCollected(why) => Ok(Bytes::NotCollected(why)),
        }
    }

    /// The paths below a folder.
    pub(super) fn below(&self, folder: &str) -> Result<Vec<String>, AuditStop> {
        match self.evidence.folder(folder) {
            NodeFolder::Listed(below) => Ok(below),
            NodeFolder::Absent => Ok(Vec::new()),
            NodeFolder::NotCollected(why) => {
                Err(AuditStop::Missing(format!("what is in {folder}: {why}")))
            }
        }
    }

    /// The journals of units, one behind the other.
    pub(super) fn journals(&self, units: &[&str]) -> Result<String, AuditStop> {
        let mut text = String::new();
        let mut found = false;
        for journal in units
            .iter()
            .filter_map(|unit| self.evidence.printed_journal(unit))
        {
            let (journal, citation) = journal.map_err(AuditStop::Missing)?;
            self.cite(citation);
            text.push_str(&journal);
            found = true;
        }
        match found {
            true => Ok(text),
            false => Err(AuditStop::Missing(format!(
                "no journal of {} is in the bundle",
                units.join(" and ")
            ))),
        }
    }

    /// The environment of a process.
    pub(super) fn environment(&self, pid: u32) -> Result<String, AuditStop> {
        let (text, citation) = self
            .evidence
            .printed_environment(pid)
            .map_err(AuditStop::Missing)?;
        self.cite(citation);
        Ok(text)
    }
}

/// What a file holds.
pub(super) enum Bytes {
    /// This text.
    Here(String),
    /// There is no such file.
    Absent,
    /// It was not taken: why.
    NotCollected(String),
}
