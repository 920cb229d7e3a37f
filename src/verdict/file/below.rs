//! A rule about every file below a directory: those that are not as wanted are named.

use super::{Decision, Question, Verdict};
use crate::evidence::citation::Citation;
use crate::evidence::stat::{self, StatRow};
use crate::problem::Code;
use crate::verdict::Decider;

/// Offenders that a sentence names; the others are counted.
const NAMED: usize = 5;

impl Question<'_> {
    /// Judges what lies below a directory, whose rows these are.
    pub(super) fn below(&self, path: &str, rows: &[(&StatRow, Citation)]) -> Decision {
        let hops = || rows.iter().map(|(_, citation)| citation.clone());
        let (Some(evidence), Some((last, own))) = (self.subject.evidence, rows.last()) else {
            return self.unknown(Code::FileNotCollected, format!("{path} was not looked at"));
        };
        if last.kind != stat::FileType::Dir {
            let why = format!(
                "{path} is no directory that {} shows",
                evidence.metadata_source()
            );
            return self.unknown(Code::FileNotCollected, why).cite(hops());
        }
        let (all, unlisted) = evidence.rows_below(path);
        let mut wrong: Vec<(String, String, Citation)> = Vec::new();
        let mut open: Option<(String, Citation)> = None;
        let mut good: Vec<Citation> = Vec::new();
        let mut meant = 0;
        let own = self.file.means_directories().then(|| (*last, own.clone()));
        for (row, citation) in own.into_iter().chain(all) {
            let name = row.path.rsplit('/').next().unwrap_or_default();
            let (row, citation) = match row.kind {
                stat::FileType::Absent => continue,
                stat::FileType::Dir if !self.file.means_directories() => continue,
                _ if !self.file.means(name) => continue,
                // What counts is where it leads.
                stat::FileType::Symlink => match evidence.hops(&row.path).pop() {
                    Some((target, at)) => (target, at),
                    None => (row, citation),
                },
                _ => (row, citation),
            };
            meant += 1;
            match (row.kind, self.asks.found(row)) {
                (stat::FileType::File | stat::FileType::Dir, Some(_))
                    if self.asks.is_wanted(row) =>
                {
                    good.push(citation);
                }
                (stat::FileType::File | stat::FileType::Dir, Some(found)) => {
                    wrong.push((row.path.to_string(), found, citation));
                }
                _ => open = open.or(Some((row.path.to_string(), citation))),
            }
        }
        if let Some((_, first, _)) = wrong.first() {
            let named = wrong.iter().take(NAMED);
            let named = named.map(|(path, found, _)| format!("{path} {}", self.asks.phrase(found)));
            let mut sentence = named.collect::<Vec<_>>().join(", ");
            if wrong.len() > NAMED {
                sentence = format!("{sentence}, and so do {} more", wrong.len() - NAMED);
            }
            let first = first.clone();
            let at = wrong.into_iter().map(|(_, _, citation)| citation);
            let mut decision = self
                .decision(Verdict::Fail, Code::FileMetadataShows, sentence)
                .cite(at.take(NAMED));
            decision.actual = Some(first);
            decision.source = Some(Decider::FileMetadata);
            return decision;
        }
        let source = evidence.metadata_source();
        let doubt = match (open, unlisted) {
            (Some((path, at)), _) => {
                Some((format!("{source} does not say it of {path}"), Some(at)))
            }
            (None, Some(part)) => Some((format!("{part} could not be listed whole"), None)),
            (None, None) if meant == 0 => {
                Some((format!("{source} shows no such file below {path}"), None))
            }
            (None, None) => None,
        };
        if let Some((why, at)) = doubt {
            return self
                .unknown(Code::FileNotCollected, why)
                .cite(at)
                .cite(hops());
        }
        let sentence = format!("none of {meant} below {path} is otherwise");
        let mut decision = self
            .decision(Verdict::Pass, Code::FileMetadataShows, sentence)
            .cite(hops())
            .cite(good.into_iter().take(NAMED));
        decision.source = Some(Decider::FileMetadata);
        decision
    }
}
