//! The order of controls: as they are numbered. Bundles come in the order in which they were
//! found, benchmarks in the order of the catalog.

use std::cmp::Ordering;

/// Control numbers as people count: 4.2.9 before 4.2.10, `V-242390` by its number.
#[must_use]
pub fn controls(a: &str, b: &str) -> Ordering {
    parts(a).cmp(parts(b)).then_with(|| a.cmp(b))
}

/// The same order as bytes to compare, for whoever compares a number often.
#[must_use]
pub fn key(number: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(3 * number.len() + 10);
    for (is_text, whole, text) in parts(number) {
        key.push(1 + u8::from(is_text));
        match is_text {
            true => key.extend_from_slice(text.as_bytes()),
            false => key.extend_from_slice(&whole.to_be_bytes()),
        }
    }
    key.push(0);
    key.extend_from_slice(number.as_bytes());
    key
}

fn parts(number: &str) -> impl Iterator<Item = (bool, u64, &str)> {
    number
        .split(['.', '-'])
        .map(|part| match part.parse::<u64>() {
            Ok(n) => (false, n, ""),
            Err(_) => (true, 0, part),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_key_orders_as_its_number(
            a in "[0-9a-cV]{0,3}([.-][0-9a-cV]{0,3}){0,3}(#[0-9])?",
            b in "[0-9a-cV]{0,3}([.-][0-9a-cV]{0,3}){0,3}(#[0-9])?",
        ) {
            prop_assert_eq!(key(&a).cmp(&key(&b)), controls(&a, &b));
        }
    }
}
