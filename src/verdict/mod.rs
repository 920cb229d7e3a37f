//! Control × node → finding: applicability, rule, verdict.

pub mod setting;
pub mod subject;
pub mod text;
pub mod trust;

use crate::benchmark::{Control, Rule};
use crate::evidence::citation::{Citation, Place};
use crate::problem::Code;
use crate::rules::Check;
use crate::settings::Source;
use subject::Subject;

/// What is found (DESIGN §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Evidence decides, and it is as wanted.
    Pass,
    /// Evidence decides, and it is not.
    Fail,
    /// Not enough evidence, or evidence that contradicts itself.
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

/// The verdict of one rule on one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
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
    pub source: Option<Source>,
    /// Where it stands, the deciding place first.
    pub evidence: Vec<Citation>,
}

impl Finding {
    /// `code: sentence`
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{}: {}", self.code, self.sentence)
    }

    fn new(verdict: Verdict, code: Code, sentence: String, expected: String) -> Self {
        Self {
            verdict,
            code,
            sentence,
            notes: Vec::new(),
            expected,
            actual: None,
            source: None,
            evidence: Vec::new(),
        }
    }

    /// Each place once, the first kept where it is; a member as a whole only where no place in it
    /// stands already.
    fn cite(mut self, citations: impl IntoIterator<Item = Citation>) -> Self {
        for citation in citations {
            let said = |held: &Citation| {
                held.bundle == citation.bundle
                    && held.member == citation.member
                    && (held.place == citation.place || citation.place == Place::Whole)
            };
            if !self.evidence.iter().any(said) {
                self.evidence.push(citation);
            }
        }
        self
    }

    fn note(&mut self, code: Code) {
        if !self.notes.contains(&code) {
            self.notes.push(code);
        }
    }
}

/// Judges one rule on one node; `None` is a control no rule decides.
#[must_use]
pub fn judge(rule: Option<&Rule>, subject: &Subject<'_>) -> Finding {
    match rule.map(|rule| &rule.check) {
        None => Finding::new(
            Verdict::Manual,
            Code::NoRuleDecides,
            "a person decides this control".to_owned(),
            String::new(),
        ),
        Some(Check::Setting(rule)) => setting::judge(rule, subject),
    }
}

/// The remediation for this node's own way of configuring; `None` where nothing is to be done.
#[must_use]
pub fn remediation<'r>(rule: &'r Rule, finding: &Finding) -> Option<&'r str> {
    if finding.verdict != Verdict::Fail {
        return None;
    }
    let own = match finding.source {
        Some(Source::Argument) => rule.data.remediation_argument.as_deref(),
        Some(Source::DropIn) => rule.data.remediation_drop_in.as_deref(),
        Some(Source::Default) => rule.data.remediation_default.as_deref(),
        _ => None,
    };
    Some(own.unwrap_or(&rule.data.remediation).trim())
}

/// The published check read to the letter, where the benchmark has one.
#[must_use]
pub fn by_the_text(control: &Control, subject: &Subject<'_>) -> Option<Verdict> {
    let text = control.text.as_ref()?;
    text::read(text, subject)
}
