//! NIST SP 800-53 Rev. 5: which controls exist, what they are called, and what a CIS safeguard
//! maps to. Source of the tables: the facts on 800-53, from NIST's and CIS's own OSCAL.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

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

/// What a control maps to, in some benchmarks.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// The benchmarks these hold for.
    #[serde(default)]
    pub benchmarks: Vec<String>,
    /// The controls these hold for; empty: every one that no other entry names.
    #[serde(default)]
    pub controls: Vec<String>,
    /// STIG identifiers.
    #[serde(default)]
    pub stig: Vec<String>,
    /// The requirement of DISA's guide that the STIG is made from: `SRG-APP-000014-CTR-000035`.
    pub srg: Option<String>,
    /// DISA's control correlation identifiers: `CCI-000068`.
    #[serde(default)]
    pub cci: Vec<String>,
    /// `v8:12.3`, `v7:11.1`
    #[serde(default)]
    pub cis_controls: Vec<String>,
    /// `CM-6`
    #[serde(default)]
    pub nist_800_53: Vec<String>,
    /// How the 800-53 controls were found.
    pub nist_basis: Option<String>,
    /// Where this comes from.
    pub source: Option<String>,
}

/// How the controls of a benchmark come to their references, where they do not say it themselves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceDefaults {
    /// The benchmark whose 800-53 controls these are, by rule.
    pub carry: Option<String>,
    /// What the basis of derived 800-53 controls is called in place of `derived:v8:…`.
    pub nist_basis: Option<String>,
    /// Where this comes from; `{safeguards}` stands for the safeguards that the 800-53 controls are
    /// derived from.
    pub source: Option<String>,
}

impl ReferenceDefaults {
    /// # Errors
    /// What is wrong with which key.
    pub fn check(&self) -> Result<(), Wrong> {
        let basis = self.nist_basis.as_deref();
        let known = |basis: &&str| {
            matches!(*basis, "published" | "fallback") || basis.starts_with("carried:")
        };
        match basis.filter(|basis| !known(basis)) {
            Some(basis) => Err(Wrong::at(
                "nist_basis",
                format!(
                    "`{basis}` is no basis of a whole benchmark; there are published, fallback and carried:ID"
                ),
            )),
            None => Ok(()),
        }
    }
}

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
    /// The safeguards alone, and the STIG identifiers: what a benchmark that extends another and
    /// says where its references come from takes over.
    #[must_use]
    pub fn safeguards(&self) -> Self {
        Self {
            stig: self.stig.clone(),
            srg: self.srg.clone(),
            cci: self.cci.clone(),
            cis_controls: self.cis_controls.clone(),
            ..Self::default()
        }
    }

    /// The CIS Controls v8 safeguards that map to 800-53, and what they map to.
    #[must_use]
    pub fn derived(&self) -> Option<(Vec<&str>, Vec<&'static str>)> {
        let all = self.cis_controls.iter();
        let all = all.filter_map(|one| one.strip_prefix("v8:"));
        let safeguards: Vec<&str> = all.filter(|one| SAFEGUARDS.contains_key(*one)).collect();
        let controls = mapped(&safeguards);
        (!safeguards.is_empty()).then_some((safeguards, controls))
    }

    /// With what follows from its safeguards, and the defaults of its benchmark; `None` where there
    /// is nothing.
    #[must_use]
    pub fn completed(mut self, defaults: &ReferenceDefaults) -> Option<Self> {
        let derived = self.derived().map(|(safeguards, controls)| {
            let basis = format!("derived:v8:{}", safeguards.join("+"));
            let controls: Vec<String> = controls.into_iter().map(str::to_owned).collect();
            (basis, listed(&safeguards), controls)
        });
        if let Some((basis, _, controls)) = &derived
            && self.nist_800_53.is_empty()
        {
            self.nist_800_53.clone_from(controls);
            let basis = || defaults.nist_basis.clone().unwrap_or_else(|| basis.clone());
            self.nist_basis.get_or_insert_with(basis);
        }
        if self.stig.is_empty() && self.cis_controls.is_empty() && self.nist_800_53.is_empty() {
            return None;
        }
        let source = defaults.source.as_ref().and_then(|source| match &derived {
            Some((_, safeguards, _)) => Some(source.replace(SAFEGUARDS_HERE, safeguards)),
            None if source.contains(SAFEGUARDS_HERE) => None,
            None => Some(source.clone()),
        });
        self.source = self.source.or(source);
        Some(self)
    }

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
                let safeguards: Vec<&str> = safeguards.split('+').collect();
                let unmapped = safeguards
                    .iter()
                    .find(|one| !SAFEGUARDS.contains_key(**one));
                if let Some(safeguard) = unmapped {
                    return wrong(format!("no safeguard {safeguard} maps to 800-53"));
                }
                let derived = mapped(&safeguards);
                match derived == self.nist_800_53 {
                    true => Ok(()),
                    false => wrong(format!("`{basis}` gives {}", derived.join(" "))),
                }
            }
        }
    }
}

/// Stands in a source for the safeguards that 800-53 controls are derived from.
const SAFEGUARDS_HERE: &str = "{safeguards}";

/// `safeguard 3.3`, `safeguards 4.1, 4.4 and 4.5`
fn listed(safeguards: &[&str]) -> String {
    match safeguards {
        [] => String::new(),
        [one] => format!("safeguard {one}"),
        [first @ .., last] => format!("safeguards {} and {last}", first.join(", ")),
    }
}

/// The 800-53 controls that CIS maps these safeguards to, each once, as numbered.
fn mapped(safeguards: &[&str]) -> Vec<&'static str> {
    let all = safeguards.iter().filter_map(|one| SAFEGUARDS.get(*one));
    let mut controls: Vec<&str> = all.flat_map(|all| all.split(' ')).collect();
    controls.sort_by_key(|control| as_numbered(control));
    controls.dedup();
    controls
}

/// `CM-7(5)` → family, number, enhancement: CM-7, CM-7(1), CM-10.
#[must_use]
pub fn as_numbered(control: &str) -> (&str, u32, u32) {
    let (family, rest) = control.split_once('-').unwrap_or((control, ""));
    let (number, enhancement) = rest.split_once('(').unwrap_or((rest, ""));
    let whole = |text: &str| text.trim_end_matches(')').parse().unwrap_or(0);
    (family, whole(number), whole(enhancement))
}
