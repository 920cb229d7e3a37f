//! What a file's name says of whose evidence is in it.

/// Words of a file's name that say what is in it. Words that nodes are called by, such as `agent` or
/// `server`, are none: without them two nodes would have one name.
const KINDS: [&str; 20] = [
    "aux",
    "auxw",
    "auxww",
    "auxwww",
    "cmdline",
    "config",
    "configz",
    "ef",
    "efw",
    "efww",
    "journal",
    "journalctl",
    "kubelet",
    "proc",
    "processes",
    "ps",
    "service",
    "stat",
    "status",
    "systemctl",
];
/// Endings of a file's name that say how it is written.
const ENDINGS: [&str; 7] = ["gz", "json", "log", "out", "txt", "yaml", "yml"];

/// What a file's name has beside the words for what is in it.
pub(super) fn stem(file: &str) -> String {
    let is_between = |c: char| matches!(c, '.' | '-' | '_' | ' ');
    let has = |words: &[&str], word: &str| words.contains(&word.to_ascii_lowercase().as_str());
    let mut name = file.trim_matches(is_between);
    while let Some((rest, ending)) = name.rsplit_once('.')
        && has(&ENDINGS, ending)
    {
        name = rest.trim_matches(is_between);
    }
    loop {
        if has(&KINDS, name) {
            return String::new();
        }
        let first = name
            .split_once(is_between)
            .filter(|(word, _)| has(&KINDS, word));
        let last = name
            .rsplit_once(is_between)
            .filter(|(_, word)| has(&KINDS, word));
        name = match (first, last) {
            (Some((_, rest)), _) | (None, Some((rest, _))) => rest.trim_matches(is_between),
            (None, None) => return name.to_owned(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stem_of_a_name_is_what_tells_its_machine() {
        for (file, expected) in [
            ("ps.txt", ""),
            ("ps_-elfL", "elfL"),
            ("node-a-ps.txt", "node-a"),
            ("ps_node-a.txt", "node-a"),
            ("node-a.configz.json", "node-a"),
            (
                "node-a.example.org-kubelet-config.yaml",
                "node-a.example.org",
            ),
            ("kubelet-config.json", ""),
            ("ip-10-0-1-5-ps-ef.log", "ip-10-0-1-5"),
            ("k3s-server-1-ps.txt", "k3s-server-1"),
            ("k3s-agent-1-configz.json", "k3s-agent-1"),
            ("log-01-configz.json", "log-01"),
            ("api-01-ps.txt", "api-01"),
        ] {
            assert_eq!(stem(file), expected, "{file}");
        }
    }
}
