//! NIST SP 800-53 Rev. 5: which controls exist, what they are called, and what a CIS safeguard
//! maps to. Source of the tables: the facts on 800-53, from NIST's and CIS's own OSCAL.

use std::collections::BTreeMap;
use std::sync::LazyLock;

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

/// What is wrong with a basis, or with the controls it stands for.
#[must_use]
pub fn wrong_basis(basis: Option<&str>, controls: &[String]) -> Option<String> {
    if let Some(unknown) = controls.iter().find(|c| !NIST_CONTROLS.contains_key(*c)) {
        return Some(format!(
            "`{unknown}` is no control of NIST SP 800-53 Rev. 5"
        ));
    }
    match basis {
        None if controls.is_empty() => None,
        None => Some("800-53 controls without nist_basis".to_owned()),
        Some("published" | "cci" | "fallback") => None,
        Some(basis) if basis.starts_with("carried:") => None,
        Some(basis) => {
            let Some(safeguards) = basis.strip_prefix("derived:v8:") else {
                return Some(format!("`{basis}` is no nist_basis"));
            };
            let mut derived: Vec<&str> = Vec::new();
            for safeguard in safeguards.split('+') {
                match SAFEGUARDS.get(safeguard) {
                    Some(controls) => derived.extend(controls.split(' ')),
                    None => {
                        return Some(format!(
                            "`{basis}`: no safeguard {safeguard} maps to 800-53"
                        ));
                    }
                }
            }
            derived.sort_by_key(|control| as_numbered(control));
            derived.dedup();
            (derived != controls).then(|| format!("`{basis}` gives {}", derived.join(" ")))
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
