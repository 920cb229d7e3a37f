//! A finding → how it came about: every source that was looked at, in order, what
//! each said and what became of that; how the published check fared; what would change the verdict.
//!
//! Nothing is judged here a second time: what won is what judging says won, and the rest is what
//! the same sources answer when they are asked one by one.

mod audit;
mod change;
mod file;
mod setting;

use serde::{Deserialize, Serialize};

use super::subject::Subject;
use super::{Decision, judge_check};
use crate::benchmark::files::Roles;
use crate::benchmark::{Control, Rule};
use crate::evidence::citation::{Citation, MemberPlace};
use crate::problem::Code;
use crate::rules::Check;
use crate::rules::setting::SettingRule;
use crate::rules::systemd::UnitProperty;

/// Places of the evidence whose words are shown.
const WORDS: usize = 20;

/// What became of what a source said.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It decides.
    Won,
    /// It says something, and a stronger source decides.
    Lost,
    /// It says nothing of it.
    Silent,
    /// What it says counts for nothing.
    SetAside,
    /// What it says cannot be told.
    CannotTell,
    /// It says something, and nothing can be decided.
    Undecided,
    /// It was not asked.
    NotLookedAt,
    /// It runs as what is written down says.
    Agrees,
    /// It runs otherwise than what is written down says.
    Differs,
    /// A link; what it leads to is the next step.
    Followed,
    /// It makes what is decided uncertain.
    CastsDoubt,
}

/// One source on the way to the verdict.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct TrailStep {
    /// The process it is of, where there are several.
    pub of: Option<String>,
    /// The word of the `source` column, or `process-list`, `list` (of paths), `person`, `audit` (a
    /// script of kube-bench); of what
    /// casts doubt, its code.
    pub source: String,
    /// What was looked at, for people: `/var/lib/kubelet/config.yaml`.
    pub place: String,
    /// Where that stands: `member:line`.
    pub looked_at: Vec<String>,
    /// What it says.
    pub said: Option<String>,
    /// The words that stand there, secrets masked.
    pub words: Option<String>,
    /// What became of it.
    pub outcome: StepOutcome,
    /// Why.
    pub because: Option<String>,
}

/// One check and the way to its verdict; a joined one has parts.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CheckTrail {
    /// What it wants.
    pub expected: String,
    /// What came of it.
    pub verdict: String,
    /// The code and the sentence.
    pub reason: String,
    /// `all` or `any` of the parts must hold; null for a single check.
    pub join: Option<String>,
    /// The sources, strongest first.
    pub steps: Vec<TrailStep>,
    /// The checks that are joined.
    pub parts: Vec<CheckTrail>,
}

/// How one finding came about.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Explanation {
    /// The way to the verdict.
    pub way: CheckTrail,
    /// How the published check, read to the letter, came to its verdict: one line per test.
    pub by_the_text: Vec<String>,
    /// What would change the verdict.
    pub would_change: Vec<String>,
    /// Where the evidence stands, in the finding's order.
    pub evidence: Vec<Cited>,
}

/// One place of the evidence.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Cited {
    /// The bundle, where it is another than the finding's.
    pub bundle: Option<String>,
    /// The member.
    pub member: String,
    /// The JSON pointer to what stands inside it as a file of its own, or a line.
    pub within: Option<String>,
    /// Its header in the archive says what is on the machine.
    pub has_attributes: bool,
    /// The line in it.
    pub line: Option<u32>,
    /// The JSON pointer in it.
    pub pointer: Option<String>,
    /// The words there, secrets masked; null where there are none to be shown.
    pub words: Option<String>,
}

impl Cited {
    /// Whether it is the header of a member, and nothing in it.
    #[must_use]
    pub fn is_header(&self) -> bool {
        self.has_attributes && self.line.is_none() && self.pointer.is_none()
    }
}

/// Explains findings of one control on one subject.
pub struct Explainer<'t> {
    /// The control.
    pub control: &'t Control,
    /// Its rule; none: a person decides, or a script of kube-bench.
    pub rule: Option<&'t Rule>,
    /// Its check.
    pub check: Option<&'t Check>,
    /// Which file a role is.
    pub roles: &'t Roles,
    /// The node.
    pub subject: &'t Subject<'t>,
    /// The benchmark's family.
    pub family: &'t str,
}

impl Explainer<'_> {
    /// How a finding came about.
    #[must_use]
    pub fn explain(&self, decision: &Decision) -> Explanation {
        let mut way = match self.check {
            Some(check) => self.part(check, decision),
            None => match self.audited() {
                Some(audited) => self.audit(audited, decision),
                None => self.person(decision),
            },
        };
        if matches!(
            decision.code,
            Code::ChecksumMismatch | Code::DuplicateMember
        ) {
            set_aside(&mut way);
        }
        Explanation {
            way,
            by_the_text: super::by_the_text_tests(
                self.control,
                self.rule,
                self.roles,
                self.subject,
                self.family,
            ),
            would_change: self.would_change(self.check, decision),
            evidence: decision
                .evidence
                .iter()
                .enumerate()
                .map(|(at, cited)| self.cited(cited, at < WORDS))
                .collect(),
        }
    }

    fn part(&self, check: &Check, decision: &Decision) -> CheckTrail {
        let joined = |checks: &[Check]| {
            let judged = |check| judge_check(check, self.roles, self.subject, self.family);
            let part = |check| self.part(check, &judged(check));
            checks.iter().map(part).collect()
        };
        let (join, parts) = match check {
            Check::AllOf(checks) => (Some("all".to_owned()), joined(checks)),
            Check::AnyOf(checks) => (Some("any".to_owned()), joined(checks)),
            _ => (None, Vec::new()),
        };
        let steps = match check {
            Check::Setting(rule) => self.setting(rule, decision),
            Check::FileMode(rule) => self.file(&rule.file, rule, decision),
            Check::FileOwner(rule) => self.file(&rule.file, rule, decision),
            Check::Unit(rule) => vec![self.unit(rule, decision)],
            Check::Objects(_) | Check::Rights(_) | Check::Namespaces(_) => {
                vec![self.objects(decision)]
            }
            Check::OtherFile(rule) => {
                let of = |rule: &SettingRule| {
                    let mut steps = self.setting(rule, &super::setting::judge(rule, self.subject));
                    for step in &mut steps {
                        let name = rule.component.as_str().to_owned();
                        step.of.get_or_insert(name);
                    }
                    steps
                };
                [of(&rule.own), of(&rule.other)].concat()
            }
            Check::AllOf(_) | Check::AnyOf(_) => Vec::new(),
        };
        CheckTrail {
            join,
            steps,
            parts,
            ..part_of(decision)
        }
    }

    fn person(&self, decision: &Decision) -> CheckTrail {
        let step = TrailStep {
            said: Some(decision.sentence.clone()),
            ..self.step(
                "person",
                "what a person looks at",
                &[],
                StepOutcome::Undecided,
            )
        };
        CheckTrail {
            steps: vec![step],
            ..part_of(decision)
        }
    }

    fn unit(&self, rule: &UnitProperty, decision: &Decision) -> TrailStep {
        let place = format!("systemctl show {}", rule.unit);
        let outcome = match decision.source {
            Some(_) => StepOutcome::Won,
            None => StepOutcome::CannotTell,
        };
        let mut step = self.step("unit", &place, &decision.evidence, outcome);
        step.said = match (decision.source, &decision.actual) {
            (Some(_), actual) => {
                let shown = actual.as_deref().unwrap_or("empty");
                Some(format!("{} is {shown}", rule.property))
            }
            (None, _) => None,
        };
        step.because = decision.source.is_none().then(|| decision.sentence.clone());
        step
    }

    fn objects(&self, decision: &Decision) -> TrailStep {
        let outcome = match decision.source {
            Some(_) => StepOutcome::Won,
            None => StepOutcome::CannotTell,
        };
        let mut step = self.step("api", "objects of the API", &decision.evidence, outcome);
        step.said.clone_from(&decision.actual);
        step.because = decision.source.is_none().then(|| decision.sentence.clone());
        step
    }

    fn step(&self, source: &str, place: &str, at: &[Citation], outcome: StepOutcome) -> TrailStep {
        TrailStep {
            of: None,
            source: source.to_owned(),
            place: place.to_owned(),
            looked_at: at.iter().map(ToString::to_string).collect(),
            said: None,
            words: at.first().and_then(|at| self.words(at)),
            outcome,
            because: None,
        }
    }

    fn cited(&self, citation: &Citation, with_words: bool) -> Cited {
        let (line, pointer) = match &citation.place {
            MemberPlace::Whole => (None, None),
            MemberPlace::Line(line) => (Some(*line), None),
            MemberPlace::Pointer(pointer) => (None, Some(pointer.clone())),
        };
        let (member, within) = match citation.member.split_once("#/") {
            Some((member, within)) => (member, Some(format!("/{within}"))),
            None => (&*citation.member, None),
        };
        let members = self.subject.evidence.map(|of| &of.bundle.members);
        let found = members.and_then(|all| all.iter().find(|it| it.name == *citation.member));
        Cited {
            bundle: citation.bundle.clone(),
            member: member.to_owned(),
            has_attributes: within.is_none() && found.is_some_and(|it| it.attributes.is_some()),
            within,
            line,
            pointer,
            words: with_words.then(|| self.words(citation)).flatten(),
        }
    }

    fn words(&self, citation: &Citation) -> Option<String> {
        self.subject.evidence?.excerpt(citation)
    }
}

fn part_of(decision: &Decision) -> CheckTrail {
    CheckTrail {
        expected: decision.expected.clone(),
        verdict: decision.verdict.as_str().to_owned(),
        reason: decision.reason(),
        join: None,
        steps: Vec::new(),
        parts: Vec::new(),
    }
}

/// A bundle that cannot be believed decides nothing.
fn set_aside(part: &mut CheckTrail) {
    for step in &mut part.steps {
        if matches!(
            step.outcome,
            StepOutcome::Won | StepOutcome::Agrees | StepOutcome::Differs
        ) {
            step.outcome = StepOutcome::SetAside;
            step.because = Some("the bundle that says it cannot be believed".to_owned());
        }
    }
    part.parts.iter_mut().for_each(set_aside);
}
