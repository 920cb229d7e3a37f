//! The order of controls: as they are numbered. Bundles come in the order in which they were
//! found, benchmarks in the order of the catalog.

use std::cmp::Ordering;

/// Control numbers as people count: 4.2.9 before 4.2.10, `V-242390` by its number.
#[must_use]
pub fn controls(a: &str, b: &str) -> Ordering {
    key(a).cmp(key(b)).then_with(|| a.cmp(b))
}

fn key(number: &str) -> impl Iterator<Item = (bool, u64, &str)> {
    number
        .split(['.', '-'])
        .map(|part| match part.parse::<u64>() {
            Ok(n) => (false, n, ""),
            Err(_) => (true, 0, part),
        })
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
}
