//! A name that does not exist → those that it may have meant.

/// Names that are given at most.
const MOST: usize = 3;
/// From 0 to 1: below this, two names have little in common.
const LIKE: f64 = 0.6;

/// `; did you mean …?`, or nothing where no name is close. Of names that begin with what was typed,
/// the last of the list come first: ids of a family are listed by version.
#[must_use]
pub fn did_you_mean<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> String {
    let lower = typed.to_lowercase();
    if lower.is_empty() {
        return String::new();
    }
    let likeness = |name: &str| match name.to_lowercase() {
        name if name == lower => 2.0,
        name if name.starts_with(&lower) => 1.0,
        name => strsim::normalized_damerau_levenshtein(&name, &lower),
    };
    let mut close: Vec<(f64, &str)> = names.map(|name| (likeness(name), name)).collect();
    close.retain(|(like, _)| *like >= LIKE);
    close.reverse();
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut names: Vec<String> = Vec::new();
    for (_, name) in close {
        let name = format!("`{name}`");
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("; did you mean {name}?"),
        [first @ .., last] => format!("; did you mean {} or {last}?", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_told_and_far_ones_are_not() {
        let names = [
            "cis-1.5",
            "cis-1.10",
            "cis-1.11",
            "cis-1.12",
            "eks-1.7.0",
            "eks-1.8.0",
        ];
        for (typed, told) in [
            ("eks", "; did you mean `eks-1.8.0` or `eks-1.7.0`?"),
            (
                "cis-1.1",
                "; did you mean `cis-1.12`, `cis-1.11` or `cis-1.10`?",
            ),
            (
                "CIS-1.10",
                "; did you mean `cis-1.10`, `cis-1.12` or `cis-1.11`?",
            ),
            ("esk-1.8.0", "; did you mean `eks-1.8.0` or `eks-1.7.0`?"),
            ("windows", ""),
            ("", ""),
        ] {
            assert_eq!(did_you_mean(typed, names.into_iter()), told, "{typed}");
        }
    }
}
