//! Lists of patterns as OpenSSH writes them: `*@example.com,!guest@example.com`.

/// Whether a list has a pattern that matches, and none with `!` that does.
pub(super) fn matches_list(list: &str, name: &str) -> bool {
    let mut is_in = false;
    for pattern in list.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(pattern, name) => return false,
            Some(_) => {}
            None => is_in = is_in || matches(pattern, name),
        }
    }
    is_in
}

/// Whether a name has the form of a pattern: `*` is any text, `?` one character. It goes back to
/// the last `*` alone, so that no pattern costs more than its length times that of the name.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, of));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || name.get(of) == Some(wanted) => {
                at += 1;
                of += 1;
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    at = after;
                    of = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_those_of_openssh_do() {
        for (list, name, expected) in [
            ("a@b", "a@b", true),
            ("a@b", "A@b", false),
            ("*@b", "a@b", true),
            ("*@b", "a@bc", false),
            ("?@b", "a@b", true),
            ("?@b", "aa@b", false),
            ("x,*@b", "a@b", true),
            ("*@b,!a@b", "a@b", false),
            ("!a@b,*@b", "c@b", true),
            ("!a@b", "c@b", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("***a", "ba", true),
        ] {
            assert_eq!(matches_list(list, name), expected, "{list} {name}");
        }
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let (pattern, name) = ("*a".repeat(2_000), "a".repeat(4_000) + "b");
        assert!(!matches_list(&pattern, &name));
    }
}
