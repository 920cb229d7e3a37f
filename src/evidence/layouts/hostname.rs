//! The names of nodes, as hosts and arguments give them.

/// A name that can be a node's: what `localhost` and its kin name is any machine.
pub(super) fn node_name(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let is_name = !name.is_empty()
        && name.len() <= crate::limits::NAME_BYTES
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let first = name.split('.').next().unwrap_or_default();
    let of_clean = |word: &str| {
        let number = first.strip_prefix(word);
        number.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_nobody = first == "localhost" || name.contains("obfuscated") && of_clean("host");
    (is_name && !is_nobody).then_some(name)
}

/// What `--hostname-override` gives the kubelet of a process list, if all agree.
pub(super) fn hostname_override(processes: &str) -> Option<String> {
    override_of(processes.lines().filter(|line| line.contains("kubelet")))
}

/// What `--hostname-override` is in argument lines, if all agree.
pub(super) fn override_of<'l>(lines: impl Iterator<Item = &'l str>) -> Option<String> {
    let mut names: Vec<&str> = lines
        .filter_map(|line| {
            let (_, rest) = line.split_once(" --hostname-override")?;
            rest.strip_prefix(['=', ' '])?.split_whitespace().next()
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [only] => node_name(only),
        _ => None,
    }
}
