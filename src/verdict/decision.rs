//! The verdict of one rule on one subject, with what decided it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::evidence::citation::{Citation, MemberPlace};
use crate::problem::Code;
use crate::settings::SettingSource;

/// What is found (DESIGN §2).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Evidence decides, and it is as wanted.
    Pass,
    /// Evidence decides, and it is not.
    Fail,
    /// Not enough evidence, or evidence that contradicts itself.
    #[default]
    Unknown,
    /// Bytes that cannot be read or do not match their checksum.
    Error,
    /// Proven not to be on this node.
    NotApplicable,
    /// A person decides.
    Manual,
}

impl Verdict {
    /// Every verdict, in the order of summaries.
    pub const ALL: [Self; 6] = [
        Self::Pass,
        Self::Fail,
        Self::Unknown,
        Self::Error,
        Self::NotApplicable,
        Self::Manual,
    ];

    /// The word of the `verdict` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Error => "error",
            Self::NotApplicable => "not-applicable",
            Self::Manual => "manual",
        }
    }
}

/// What decided: the words of the `source` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decider {
    /// A source of a setting.
    Setting(SettingSource),
    /// `stat.tsv`.
    FileMetadata,
    /// A unit's properties.
    Unit,
    /// Objects of the API.
    Api,
}

impl Decider {
    /// The word of the `source` column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setting(source) => source.as_str(),
            Self::FileMetadata => "file-metadata",
            Self::Unit => "unit",
            Self::Api => "api",
        }
    }
}

/// Places of evidence among which another is looked for one by one.
const FEW: usize = 32;

/// The verdict of one rule on one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// Its code.
    pub code: Code,
    /// The sentence behind the code.
    pub sentence: String,
    /// Further codes.
    pub notes: Vec<Code>,
    /// What the rule wants.
    pub expected: String,
    /// What was found.
    pub actual: Option<String>,
    /// What decided.
    pub source: Option<Decider>,
    /// Where it stands, the deciding place first.
    pub evidence: Vec<Citation>,
    /// Which of what the rule lists beside its check holds.
    pub beside: Option<usize>,
    /// What cells of a table show in the place of all that was found.
    pub brief: Option<Brief>,
}

/// The first of what was found, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// In the place of `actual`.
    pub actual: String,
    /// So many places of the evidence.
    pub evidence: usize,
}

impl Decision {
    /// `code: sentence`
    #[must_use]
    pub fn reason(&self) -> String {
        [self.code.as_str(), ": ", &self.sentence].concat()
    }

    pub(super) fn new(verdict: Verdict, code: Code, sentence: String, expected: String) -> Self {
        Self {
            verdict,
            code,
            sentence,
            notes: Vec::new(),
            expected,
            actual: None,
            source: None,
            evidence: Vec::new(),
            beside: None,
            brief: None,
        }
    }

    /// Each place once, the first kept where it is; a member as a whole only where no place in it
    /// stands already.
    pub(super) fn cite(mut self, citations: impl IntoIterator<Item = Citation>) -> Self {
        let key =
            |c: &Citation, place: &MemberPlace| (c.bundle.clone(), c.member.clone(), place.clone());
        let both = |c: &Citation| [key(c, &c.place), key(c, &MemberPlace::Whole)];
        // A look at each is faster than a hash, up to a point.
        let mut held: HashSet<_> = HashSet::new();
        for citation in citations {
            if self.evidence.len() >= FEW && held.is_empty() {
                held.extend(self.evidence.iter().flat_map(both));
            }
            let is_held = match held.is_empty() {
                true => self.evidence.iter().any(|held| {
                    held.bundle == citation.bundle
                        && held.member == citation.member
                        && (held.place == citation.place || citation.place == MemberPlace::Whole)
                }),
                false => held.contains(&key(&citation, &citation.place)),
            };
            if !is_held {
                if !held.is_empty() {
                    held.extend(both(&citation));
                }
                self.evidence.push(citation);
            }
        }
        self
    }

    pub(super) fn note(&mut self, code: Code) {
        if !self.notes.contains(&code) {
            self.notes.push(code);
        }
    }
}
