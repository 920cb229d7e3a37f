//! NIST SP 800-53 Rev. 5: which controls exist, what they are called, and what a CIS safeguard
//! maps to. Source of the tables: the facts on 800-53, from NIST's and CIS's own OSCAL.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::References;
use crate::rules::written::Wrong;

/// Control → title.
pub static NIST_CONTROLS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| table(include_str!("catalog/references/nist-800-53-r5.csv")));

/// Family (`CM`) → title.
pub static NIST_FAMILIES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| table(include_str!("catalog/references/nist-families.csv")));

/// CIS Controls v8 safeguard → 800-53 controls joined by blanks.
pub static SAFEGUARDS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| table(include_str!("catalog/references/cis-v8-to-800-53r5.csv")));

fn table(data: &str) -> BTreeMap<String, String> {
    csv::Reader::from_reader(data.as_bytes())
        .records()
        .filter_map(Result::ok)
        .filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())))
        .collect()
}

/// The title of a control's family.
#[must_use]
pub fn family_of(control: &str) -> Option<&'static str> {
    let family = control.split('-').next()?;
    NIST_FAMILIES.get(family).map(String::as_str)
}

impl References {
    /// What it names exists, and a derived basis gives just these controls.
    ///
    /// # Errors
    /// What is wrong with which key.
    pub fn check(&self) -> Result<(), Wrong> {
        for (at, control) in self.nist_800_53.iter().enumerate() {
            if !NIST_CONTROLS.contains_key(control) {
                let what = format!("`{control}` is no control of NIST SP 800-53 Rev. 5");
                return Err(Wrong::here(what).below(["nist_800_53".into(), at.into()]));
            }
        }
        let wrong = |what: String| Err(Wrong::at("nist_basis", what));
        match self.nist_basis.as_deref() {
            None if self.nist_800_53.is_empty() => Ok(()),
            None => Err(Wrong::at(
                "nist_800_53",
                "800-53 controls need a `nist_basis`",
            )),
            Some("published" | "cci" | "fallback") => Ok(()),
            Some(basis) if basis.starts_with("carried:") => Ok(()),
            Some(basis) => {
                let Some(safeguards) = basis.strip_prefix("derived:v8:") else {
                    return wrong(format!(
                        "`{basis}` is no basis; there are published, cci, fallback, carried:ID and derived:v8:SAFEGUARD"
                    ));
                };
                let mut derived: Vec<&str> = Vec::new();
                for safeguard in safeguards.split('+') {
                    match SAFEGUARDS.get(safeguard) {
                        Some(controls) => derived.extend(controls.split(' ')),
                        None => {
                            let what = format!("no safeguard {safeguard} maps to 800-53");
                            return wrong(what);
                        }
                    }
                }
                derived.sort_by_key(|control| as_numbered(control));
                derived.dedup();
                match derived == self.nist_800_53 {
                    true => Ok(()),
                    false => wrong(format!("`{basis}` gives {}", derived.join(" "))),
                }
            }
        }
    }
}

/// `CM-7(5)` → family, number, enhancement: CM-7, CM-7(1), CM-10.
#[must_use]
pub fn as_numbered(control: &str) -> (&str, u32, u32) {
    let (family, rest) = control.split_once('-').unwrap_or((control, ""));
    let (number, enhancement) = rest.split_once('(').unwrap_or((rest, ""));
    let whole = |text: &str| text.trim_end_matches(')').parse().unwrap_or(0);
    (family, whole(number), whole(enhancement))
}
