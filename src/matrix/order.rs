//! The one place where rows get their order: path (bytewise, by component), node, benchmark
//! (catalog order), control as numbered.

use std::cmp::Ordering;

/// Paths, component by component.
#[must_use]
pub fn paths(a: &str, b: &str) -> Ordering {
    a.split('/').map(str::as_bytes).cmp(b.split('/').map(str::as_bytes))
}

/// Control numbers as people count: 4.2.9 before 4.2.10, `V-242390` by its number.
#[must_use]
pub fn controls(a: &str, b: &str) -> Ordering {
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

fn key(number: &str) -> Vec<(bool, u64, &str)> {
    number
        .split(['.', '-'])
        .map(|part| match part.parse::<u64>() {
            Ok(n) => (false, n, ""),
            Err(_) => (true, 0, part),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_ordered_as_numbered() {
        let mut numbers = vec!["4.2.10", "4.2.9", "10.1", "4.2", "V-242400", "V-242390"];
        numbers.sort_by(|a, b| controls(a, b));
        assert_eq!(
            numbers,
            ["4.2", "4.2.9", "4.2.10", "10.1", "V-242390", "V-242400"]
        );
    }

    #[test]
    fn paths_are_ordered_by_component() {
        let mut names = vec!["a-b/x", "a/z", "a", "a/b/c"];
        names.sort_by(|a, b| paths(a, b));
        assert_eq!(names, ["a", "a/b/c", "a/z", "a-b/x"]);
    }
}
