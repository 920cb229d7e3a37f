//! Identifiers of documents and of what stands in them: the same on every run for the same evidence.

use uuid::Uuid;

/// All of them are below it.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d1f_0a52_6c55_5a0e_9c1c_6f64_a1a8_c0de);

/// The identifier of a thing of this kind that these parts tell apart.
pub(super) fn uuid(kind: &str, parts: &[&str]) -> String {
    let mut name = kind.to_owned();
    for part in parts {
        // With its length, since a part of evidence may hold anything.
        name.push_str(&format!("\u{1f}{}:{part}", part.len()));
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_run_into_each_other() {
        let names: [&[&str]; 4] = [&["a", "b"], &["a\u{1f}1:b"], &["ab"], &["", "ab"]];
        let ids = names.map(|parts| uuid("finding", parts));
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id), "{:?}", names[at]);
        }
        assert_eq!(ids[0], uuid("finding", &["a", "b"]));
        assert_ne!(ids[0], uuid("risk", &["a", "b"]));
    }
}
