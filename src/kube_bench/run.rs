//! A check on one node's evidence → kube-bench's state of it (check/check.go).

use super::check::{AuditCheck, AuditGroup, Item, Tests};
use super::evaluate::{AuditOutputs, Evaluated, evaluate};
use super::host::AuditHost;
use super::shell;
use super::stop::AuditStop;
use super::variables::AuditVariables;
use crate::evidence::citation::Citation;

/// kube-bench's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// The tests hold.
    Pass,
    /// They do not, and the check is scored.
    Fail,
    /// They do not, or a person looks.
    Warn,
    /// Nobody looks.
    Info,
}

impl CheckState {
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
pub struct CheckResult {
    /// The state.
    pub state: CheckState,
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
    /// What the scripts read.
    pub evidence: Vec<Citation>,
}

/// Whether kube-bench evaluates tests of a check at all.
#[must_use]
pub fn is_evaluated(group: &AuditGroup, check: &AuditCheck) -> bool {
    decided_before(group, check).is_none()
}

/// The state of a check that nothing is run for.
fn decided_before(group: &AuditGroup, check: &AuditCheck) -> Option<(CheckState, &'static str)> {
    let no_tests = check.tests.is_none();
    if group.kind == "skip" {
        return Some((CheckState::Info, "the group is skipped"));
    }
    if check.scored && check.kind.trim().is_empty() && no_tests {
        return Some((CheckState::Warn, "There are no tests"));
    }
    match check.kind.as_str() {
        "skip" => return Some((CheckState::Info, "Test marked as skip")),
        "manual" => return Some((CheckState::Warn, "Test marked as a manual test")),
        _ => {}
    }
    let is_empty = check
        .tests
        .as_ref()
        .is_none_or(|tests| tests.items.is_empty());
    let failed = if check.scored {
        CheckState::Fail
    } else {
        CheckState::Warn
    };
    is_empty.then_some((failed, "No tests defined"))
}

/// What kube-bench would say of a check on this node.
///
/// # Errors
/// What is not interpreted, or not in the evidence.
pub fn run(
    group: &AuditGroup,
    check: &AuditCheck,
    variables: &AuditVariables,
    host: &AuditHost<'_>,
) -> Result<CheckResult, AuditStop> {
    let said = |state, reason: &str| CheckResult {
        state,
        actual: String::new(),
        expected: String::new(),
        reason: reason.to_owned(),
        failed: None,
        is_evaluated: false,
        evidence: Vec::new(),
    };
    if let Some((state, reason)) = decided_before(group, check) {
        return Ok(said(state, reason));
    }
    let Some(tests) = &check.tests else {
        return Ok(said(CheckState::Warn, "There are no tests"));
    };
    let failed = if check.scored {
        CheckState::Fail
    } else {
        CheckState::Warn
    };
    let tests = replaced(tests, variables, host)?;
    let env = environment(check, &tests, variables);
    let mut outputs = AuditOutputs::default();
    let mut printed = String::new();
    let scripts = [
        ("audit_env", &env),
        ("audit", &check.audit),
        ("audit_config", &check.audit_config),
    ];
    for (name, script) in scripts {
        let ran = audit(script, variables, host)?;
        let text = ran.text();
        printed.push_str(&text);
        printed.push('\n');
        let is_nothing = ran.status == 127 || text.contains("No such file or directory");
        let has_other = !outputs.env.is_empty() || !outputs.audit.is_empty();
        let text = match ran.status {
            0 => text,
            _ if name == "audit_config" && is_nothing && has_other => String::new(),
            status => {
                let reason = format!("failed to run {name}: exit status {status}: {text}");
                return Ok(CheckResult {
                    failed: Some(name),
                    evidence: host.cited(&printed),
                    ..said(failed, &reason)
                });
            }
        };
        match name {
            "audit" => outputs.audit = text,
            "audit_env" => outputs.env = text,
            _ => outputs.config = Some(text).filter(|_| !script.is_empty()),
        }
    }
    let evaluated = evaluate(&tests, &outputs, check.use_multiple_values)?;
    let evidence = host.cited(&printed);
    Ok(match evaluated {
        Ok(Evaluated {
            passes,
            actual,
            expected,
        }) => CheckResult {
            actual,
            expected,
            is_evaluated: true,
            evidence,
            ..said(if passes { CheckState::Pass } else { failed }, "")
        },
        Err(reason) => CheckResult {
            evidence,
            ..said(failed, &reason)
        },
    })
}

fn audit(
    script: &str,
    variables: &AuditVariables,
    host: &AuditHost<'_>,
) -> Result<shell::Ran, AuditStop> {
    let script = variables.replaced(script, host)?;
    match script.trim() {
        "" => Ok(shell::Ran::default()),
        script => shell::run(script, host),
    }
}

fn replaced(
    tests: &Tests,
    variables: &AuditVariables,
    host: &AuditHost<'_>,
) -> Result<Tests, AuditStop> {
    let replaced = |text: &String| variables.replaced(text, host);
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
        items: items.collect::<Result<_, AuditStop>>()?,
        bin_op: tests.bin_op.clone(),
    })
}

/// The script of an environment that a test asks for and the check does not name.
fn environment(check: &AuditCheck, tests: &Tests, variables: &AuditVariables) -> String {
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
