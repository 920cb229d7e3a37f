//! A process and what it names → [`KubeletProcess`].

use std::cell::OnceCell;

use super::arguments;
use super::process::{KubeletProcess, NextStart};
use crate::evidence::Evidence;
use crate::evidence::process::Process;
use crate::node::version::Minor;
use crate::settings::flag_table::KUBELET_FLAGS;
use crate::settings::named::NamedFiles;
use crate::settings::pflag;
use crate::settings::seen::ArgumentLine;

impl KubeletProcess {
    /// Reads a process and what it names. `first` is the index of its first argument.
    #[must_use]
    pub fn new(
        process: &Process,
        first: usize,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
    ) -> Self {
        Self::read(
            process,
            first,
            evidence,
            version,
            ArgumentLine::of_process(),
        )
    }

    pub(in crate::settings) fn read(
        process: &Process,
        first: usize,
        evidence: &Evidence<'_>,
        version: Option<Minor>,
        seen: ArgumentLine,
    ) -> Self {
        let (words, kind) = (seen.words(process, first), seen.kind(process));
        let mut line = pflag::parse(words, kind, process.cut, &KUBELET_FLAGS, version);
        line.other_version.retain(|flag| !seen.keeps(flag));
        let mut refused = arguments::refused(&line, process);
        refused.extend(line.prints_and_ends());
        line.malformed.extend(refused);
        let mut kubelet = Self {
            named: NamedFiles::of(&line, process, evidence, version),
            line,
            process: process.clone(),
            version,
            seen,
            next: None,
            refusal: OnceCell::new(),
        };
        // What the arguments alone make a kubelet refuse is a fault of the line.
        let by_line = kubelet.refusal().filter(|refusal| refusal.by_line);
        let why = by_line.map(|refusal| refusal.why.clone());
        kubelet.line.malformed.extend(why);
        kubelet
    }

    /// The same, with what is to start next.
    #[must_use]
    pub fn with_next(self, next: Option<NextStart>) -> Self {
        Self {
            next: next.map(Box::new),
            ..self
        }
    }
}
