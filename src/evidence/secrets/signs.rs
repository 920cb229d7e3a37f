//! Secrets that show by their form: tokens that begin with their service's sign, addresses of web hooks.

use super::REDACTED;

/// The address of a web hook without its path, which is all the secret there is.
pub(super) fn without_hook(word: &str) -> Option<String> {
    let start = word.find("://")? + 3;
    let (scheme, rest) = word.split_at(start);
    let (host, path) = rest.split_once('/')?;
    let is_hook = ["hooks.", "webhook.", "logic.azure."]
        .iter()
        .any(|part| host.contains(part))
        || path.contains("webhook")
        || host.ends_with("telegram.org");
    is_hook.then(|| format!("{scheme}{host}/{REDACTED}"))
}

/// How the tokens begin whose service has a sign of its own, and how many letters follow at least.
const SIGNS: [(&str, usize); 27] = [
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 8),
    ("glpat-", 8),
    ("xoxa-", 8),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxr-", 8),
    ("xoxs-", 8),
    ("xapp-", 8),
    ("AIza", 16),
    ("ya29.", 8),
    ("hvs.", 8),
    ("hvb.", 8),
    ("hvr.", 8),
    ("s.", 24),
    ("sk-", 16),
    ("sk_live_", 8),
    ("npm_", 16),
    ("SG.", 16),
    ("$5$", 8),
    ("$6$", 8),
    ("$y$", 8),
    ("AGE-SECRET-KEY-", 8),
];

/// Where such a token begins.
pub(super) fn signed_token(word: &str) -> Option<usize> {
    let found = SIGNS.iter().filter_map(|(sign, least)| {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_-.$/".contains(b);
        let starts = word.match_indices(sign).map(|(at, _)| at);
        starts.into_iter().find(|at| {
            let before = word.get(..*at).and_then(|text| text.bytes().next_back());
            let rest = word.get(at + sign.len()..).unwrap_or_default();
            let run = rest.bytes().take_while(is_part).count();
            run >= *least && !before.is_some_and(|b| b.is_ascii_alphanumeric())
        })
    });
    found.min()
}
