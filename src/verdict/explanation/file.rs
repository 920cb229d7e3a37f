//! The steps to a file's verdict: how its path was found, and the rows of `stat.tsv` link by link.

use super::{Explainer, StepOutcome, TrailStep};
use crate::benchmark::files::Role;
use crate::evidence::citation::Citation;
use crate::evidence::stat::{FileType, StatRow};
use crate::rules::file::FileRole;
use crate::verdict::Decision;
use crate::verdict::file::AsksOfFile;
use crate::verdict::file::locate::locate;
use crate::verdict::located::Located;

/// The file whose metadata decide: its path and what was found there.
pub(super) struct Decided {
    pub path: String,
    pub mode: Option<u32>,
}

impl Explainer<'_> {
    pub(super) fn file(
        &self,
        file: &FileRole,
        asks: &dyn AsksOfFile,
        decision: &Decision,
    ) -> Vec<TrailStep> {
        let Some(role) = self.roles.role(&file.name) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        for located in &*locate(role, self.subject, self.family) {
            match located {
                Located::Doubt(_, why, at) => {
                    let mut step =
                        self.step("file-metadata", &role.what, at, StepOutcome::CannotTell);
                    step.because = Some(why.clone());
                    steps.push(step);
                }
                Located::ByDesign => {
                    let mut step =
                        self.step("file-metadata", &role.what, &[], StepOutcome::NotLookedAt);
                    step.because = Some("nodes of this platform have no such file".to_owned());
                    steps.push(step);
                }
                Located::NotNamed(why, at) => {
                    let mut step = self.step(
                        "argument",
                        &role.what,
                        std::slice::from_ref(at),
                        StepOutcome::Silent,
                    );
                    step.because = Some(why.clone());
                    steps.push(step);
                }
                Located::Paths(paths, by) => {
                    steps.push(self.found_by(role, paths, by.clone()));
                    steps.extend(self.paths(paths, asks, decision));
                }
            }
        }
        steps
    }

    /// How the path was found.
    fn found_by(&self, role: &Role, paths: &[String], by: Option<Citation>) -> TrailStep {
        let Some(at) = by else {
            let place = format!("where nodes of this kind have {}", role.what);
            let mut step = self.step("list", &place, &[], StepOutcome::Followed);
            step.said = Some(paths.join(", "));
            return step;
        };
        let named: Vec<String> = (role.named_by.iter())
            .filter_map(|by| {
                let what = by.flag.as_ref().or(by.setting.as_ref())?;
                Some(format!("{} names with {what}", by.component))
            })
            .collect();
        let (source, place) = match named.as_slice() {
            [] => (
                "unit",
                "the files of the unit, as systemd names them".to_owned(),
            ),
            named => (
                "argument",
                format!("what the running {}", named.join(" or what ")),
            ),
        };
        let mut step = self.step(source, &place, &[at], StepOutcome::Followed);
        step.said = Some(paths.join(", "));
        step
    }

    fn paths(
        &self,
        paths: &[String],
        asks: &dyn AsksOfFile,
        decision: &Decision,
    ) -> Vec<TrailStep> {
        let mut steps = Vec::new();
        let mut is_found = false;
        for path in paths {
            if is_found {
                let mut step = self.step("file-metadata", path, &[], StepOutcome::NotLookedAt);
                step.because = Some("the one before it is there".to_owned());
                steps.push(step);
                continue;
            }
            let rows = self
                .subject
                .evidence
                .map(|e| e.hops(path))
                .unwrap_or_default();
            if rows.is_empty() {
                let mut step = self.step("file-metadata", path, &[], StepOutcome::CannotTell);
                let source = self
                    .subject
                    .evidence
                    .map_or("stat.tsv", |e| e.metadata_source());
                step.because = Some(format!("{source} does not say what is there"));
                steps.push(step);
            }
            is_found = rows
                .first()
                .is_some_and(|(row, _)| row.kind != FileType::Absent);
            for (row, citation) in &rows {
                steps.push(self.row(row, citation, asks, decision));
            }
            steps.extend(self.row_below(path, asks, decision));
        }
        steps
    }

    /// Of what lies below a directory, the row that decides first.
    fn row_below(
        &self,
        path: &str,
        asks: &dyn AsksOfFile,
        decision: &Decision,
    ) -> Option<TrailStep> {
        let evidence = self.subject.evidence?;
        let first = decision.evidence.first()?;
        let (below, _) = evidence.rows_below(path);
        let (row, citation) = below.iter().find(|(_, citation)| citation == first)?;
        Some(self.row(row, citation, asks, decision))
    }

    fn row(
        &self,
        row: &StatRow<'_>,
        citation: &Citation,
        asks: &dyn AsksOfFile,
        decision: &Decision,
    ) -> TrailStep {
        let cited = decision.evidence.iter().position(|at| at == citation);
        let cited = cited.filter(|_| decision.source.is_some());
        let found = asks.found(row);
        let outcome = match row.kind {
            FileType::Symlink => StepOutcome::Followed,
            FileType::Absent => StepOutcome::Silent,
            FileType::Unreadable => StepOutcome::CannotTell,
            FileType::File | FileType::Dir if found.is_none() => StepOutcome::CannotTell,
            FileType::File | FileType::Dir if cited == Some(0) => StepOutcome::Won,
            FileType::File | FileType::Dir if cited.is_some() => StepOutcome::Agrees,
            FileType::File | FileType::Dir => StepOutcome::Undecided,
        };
        let at = [citation.clone()];
        let mut step = self.step("file-metadata", &row.path, &at, outcome);
        step.said = Some(match row.kind {
            FileType::Symlink => match &row.target {
                Some(target) => format!("a link to {target}"),
                None => "a link".to_owned(),
            },
            FileType::Absent => "not on the node".to_owned(),
            FileType::Unreadable => "the collector was not let look".to_owned(),
            FileType::File | FileType::Dir => {
                let found = found.map_or("says nothing of it".to_owned(), |f| asks.phrase(&f));
                let kind = if row.kind == FileType::Dir {
                    "a folder"
                } else {
                    "a file"
                };
                let beyond = asks.beyond(row).join(", ");
                match beyond.as_str() {
                    "" => format!("{kind}, {found}"),
                    beyond => format!("{kind}, {found}; too many: {beyond}"),
                }
            }
        });
        step.because = match row.kind {
            FileType::Symlink => Some("a link has no say; what it leads to has".to_owned()),
            _ => None,
        };
        step
    }

    /// The file that decides a rule about files.
    pub(super) fn decided_file(&self, file: &FileRole, decision: &Decision) -> Option<Decided> {
        let evidence = self.subject.evidence?;
        decision.source?;
        let places = locate(self.roles.role(&file.name)?, self.subject, self.family);
        let mut paths = places.iter().flat_map(|located| match located {
            Located::Paths(paths, _) => paths.as_slice(),
            _ => &[],
        });
        let decides = |(row, citation): (&StatRow<'_>, &Citation)| {
            let decides = Some(citation) == decision.evidence.first();
            decides.then(|| Decided {
                path: row.path.to_string(),
                mode: row.mode,
            })
        };
        paths.find_map(|path| {
            let hops = evidence.hops(path);
            let own = hops.last().and_then(|(row, at)| decides((row, at)));
            own.or_else(|| {
                let (below, _) = evidence.rows_below(path);
                below.iter().find_map(|(row, at)| decides((row, at)))
            })
        })
    }
}
