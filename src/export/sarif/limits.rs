//! What GitHub takes of a file, and how a run of more results than that is split.

/// Results of one run that GitHub takes; it refuses a file with more.
const TAKEN: u64 = 25_000;
/// Results of one run that GitHub shows.
const SHOWN: u64 = 5_000;
/// Runs of one file that GitHub takes.
pub(super) const RUNS: usize = 20;
/// Locations of one result that GitHub shows.
pub(super) const LOCATIONS: usize = 100;
/// Tags of one rule that GitHub takes.
pub(super) const TAGS: usize = 20;

/// What is to be said of a run of this benchmark, whose controls have so many results each.
pub(super) fn remark<'c>(
    id: &str,
    counts: impl Iterator<Item = (&'c str, u64)> + Clone,
) -> Option<String> {
    let results: u64 = counts.clone().map(|(_, count)| count).sum();
    let (limit, what) = match results {
        0..=SHOWN => return None,
        _ if results <= TAKEN => (SHOWN, format!("shows the first {SHOWN} of one run")),
        _ => (
            TAKEN,
            format!("refuses a file with more than {TAKEN} of one run"),
        ),
    };
    let by_control = parts(id, counts, limit).map(|parts| {
        format!(
            ", or judge part of the controls, {} files: {}",
            parts.len(),
            parts.join("; ")
        )
    });
    Some(format!(
        "{results} results of {id}; GitHub {what}, and all are written; to split them, judge part of the nodes at a time, as a folder of bundles for each cluster{}",
        by_control.unwrap_or_default()
    ))
}

/// Options that select controls in their order, each with results up to the limit; `None` where one
/// control alone has more.
fn parts<'c>(
    id: &str,
    counts: impl Iterator<Item = (&'c str, u64)>,
    limit: u64,
) -> Option<Vec<String>> {
    let mut parts: Vec<String> = Vec::new();
    let mut taken = limit;
    for (control, count) in counts.filter(|(_, count)| *count > 0) {
        match parts.last_mut() {
            _ if count > limit => return None,
            Some(part) if taken + count <= limit => {
                part.push_str(&format!(",{id}:{control}"));
                taken += count;
            }
            _ => {
                parts.push(format!("-c {id}:{control}"));
                taken = count;
            }
        }
    }
    Some(parts)
}
