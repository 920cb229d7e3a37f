//! A check on one node's evidence → kube-bench's state of it (check/check.go).

use super::check::{Check, Group, Item, Tests};
use super::evaluate::{Evaluated, Outputs, evaluate};
use super::shell;
use super::stop::Stop;
use super::variables::Variables;
use crate::evidence::Evidence;

/// kube-bench's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The tests hold.
    Pass,
    /// They do not, and the check is scored.
    Fail,
    /// They do not, or a person looks.
    Warn,
    /// Nobody looks.
    Info,
}

impl State {
    /// The word that kube-bench writes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Info => "INFO",
        }
    }
}

/// What kube-bench says of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The state.
    pub state: State,
    /// The text that the first test was asked of.
    pub actual: String,
    /// What the tests want, in kube-bench's words.
    pub expected: String,
    /// Why there is no more to say.
    pub reason: String,
    /// The script that did not end well, if one did not.
    pub failed: Option<&'static str>,
    /// Whether tests were evaluated.
    pub is_evaluated: bool,
}

/// Whether kube-bench evaluates tests of a check at all.
#[must_use]
pub fn is_evaluated(group: &Group, check: &Check) -> bool {
    decided_before(group, check).is_none()
}

/// The state of a check that nothing is run for.
fn decided_before(group: &Group, check: &Check) -> Option<(State, &'static str)> {
    let no_tests = check.tests.is_none();
    if group.kind == "skip" {
        return Some((State::Info, "the group is skipped"));
    }
    if check.scored && check.kind.trim().is_empty() && no_tests {
        return Some((State::Warn, "There are no tests"));
    }
    match check.kind.as_str() {
        "skip" => return Some((State::Info, "Test marked as skip")),
        "manual" => return Some((State::Warn, "Test marked as a manual test")),
        _ => {}
    }
    let is_empty = check
        .tests
        .as_ref()
        .is_none_or(|tests| tests.items.is_empty());
    let failed = if check.scored {
        State::Fail
    } else {
        State::Warn
    };
    is_empty.then_some((failed, "No tests defined"))
}

/// What kube-bench would say of a check on this node.
///
/// # Errors
/// What is not interpreted, or not in the evidence.
pub fn run(
    group: &Group,
    check: &Check,
    variables: &Variables,
    evidence: &Evidence<'_>,
) -> Result<Said, Stop> {
    let said = |state, reason: &str| Said {
        state,
        actual: String::new(),
        expected: String::new(),
        reason: reason.to_owned(),
        failed: None,
        is_evaluated: false,
    };
    if let Some((state, reason)) = decided_before(group, check) {
        return Ok(said(state, reason));
    }
    let Some(tests) = &check.tests else {
        return Ok(said(State::Warn, "There are no tests"));
    };
    let failed = if check.scored {
        State::Fail
    } else {
        State::Warn
    };
    let tests = replaced(tests, variables)?;
    let mut outputs = Outputs::default();
    let env = environment(check, &tests, variables);
    for (name, script) in [("audit_env", env), ("audit", check.audit.clone())] {
        let ran = audit(&script, variables, evidence)?;
        if ran.status != 0 {
            let reason = format!(
                "failed to run {name}: exit status {}: {}",
                ran.status,
                ran.text()
            );
            return Ok(Said {
                failed: Some(name),
                ..said(failed, &reason)
            });
        }
        match name {
            "audit" => outputs.audit = ran.text(),
            _ => outputs.env = ran.text(),
        }
    }
    if !check.audit_config.is_empty() {
        let ran = audit(&check.audit_config, variables, evidence)?;
        let is_nothing = ran.status == 127 || ran.text().contains("No such file or directory");
        let has_other = !outputs.env.is_empty() || !outputs.audit.is_empty();
        outputs.config = match ran.status {
            0 => Some(ran.text()),
            _ if is_nothing && has_other => Some(String::new()),
            status => {
                let reason = format!(
                    "failed to run audit_config: exit status {status}: {}",
                    ran.text()
                );
                return Ok(Said {
                    failed: Some("audit_config"),
                    ..said(failed, &reason)
                });
            }
        };
    }
    Ok(
        match evaluate(&tests, &outputs, check.use_multiple_values)? {
            Ok(Evaluated {
                passes,
                actual,
                expected,
            }) => Said {
                actual,
                expected,
                is_evaluated: true,
                ..said(if passes { State::Pass } else { failed }, "")
            },
            Err(reason) => said(failed, &reason),
        },
    )
}

fn audit(script: &str, variables: &Variables, evidence: &Evidence<'_>) -> Result<shell::Ran, Stop> {
    let script = variables.replaced(script)?;
    match script.trim() {
        "" => Ok(shell::Ran::default()),
        script => shell::run(script, evidence),
    }
}

fn replaced(tests: &Tests, variables: &Variables) -> Result<Tests, Stop> {
    let replaced = |text: &String| variables.replaced(text);
    let items = tests.items.iter().map(|item| {
        Ok(Item {
            flag: replaced(&item.flag)?,
            env: replaced(&item.env)?,
            path: replaced(&item.path)?,
            value: replaced(&item.value)?,
            ..item.clone()
        })
    });
    Ok(Tests {
        items: items.collect::<Result<_, Stop>>()?,
        bin_op: tests.bin_op.clone(),
    })
}

/// The script of an environment that a test asks for and the check does not name.
fn environment(check: &Check, tests: &Tests, variables: &Variables) -> String {
    let asks = tests.items.iter().any(|item| !item.env.is_empty());
    if !check.audit_env.is_empty() || check.disable_env_testing || !asks {
        return check.audit_env.clone();
    }
    let program = match variables.programs.as_slice() {
        [only] => only.as_str(),
        _ => "",
    };
    format!("cat \"/proc/$(/bin/ps -C {program} -o pid= | tr -d ' ')/environ\" | tr '\\0' '\\n'")
}
