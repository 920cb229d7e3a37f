//! A file of arguments, as MicroK8s keeps one for each component → the component's words.
//! Comment lines are skipped, quotes stripped, the rest split at blanks.

use super::process::Process;
use super::{Evidence, File};

/// Where MicroK8s keeps a component's.
#[must_use]
pub fn microk8s(component: &str) -> String {
    format!("/var/snap/microk8s/current/args/{component}")
}

/// What snapd sets for MicroK8s; `current` is the link to the revision.
const VARIABLES: [(&str, &str); 3] = [
    ("SNAP_DATA", "/var/snap/microk8s/current"),
    ("SNAP_COMMON", "/var/snap/microk8s/common"),
    ("SNAP", "/snap/microk8s/current"),
];

impl Evidence<'_> {
    /// The component inside this process, as its file of arguments has it; `None` where the file was
    /// not collected. A `$` left in a word stands for what is not known.
    #[must_use]
    pub fn of_args_file(&self, component: &str, inside: &Process) -> Option<Process> {
        let File::Here(member, citation) = self.file(&microk8s(component)) else {
            return None;
        };
        let crate::bundle::Content::Kept(bytes) = &member.content else {
            return None;
        };
        let most = usize::try_from(self.limits().argument_bytes).unwrap_or(usize::MAX);
        let taken = bytes.get(..most).unwrap_or(bytes);
        let (arguments, cut) = arguments(&String::from_utf8_lossy(taken));
        let mut words = vec![component.to_owned()];
        words.extend(arguments);
        Some(Process {
            words,
            exact: true,
            cut: cut || taken.len() < bytes.len(),
            citation,
            ..inside.clone()
        })
    }
}

/// The words, and whether a variable stands for words of its own. Such a one is the last word then:
/// the part of the line that is missing.
fn arguments(text: &str) -> (Vec<String>, bool) {
    let mut words: Vec<String> = Vec::new();
    let mut missing = None;
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.starts_with('#')) {
        for word in line.replace(['"', '\''], "").split_whitespace() {
            let word = expand(word);
            let is_value = words
                .last()
                .is_some_and(|w| w.starts_with("--") && !w.contains('='));
            if (word.starts_with('$') && !is_value) || word.starts_with("--$") {
                missing = Some(word);
            } else {
                words.push(word);
            }
        }
    }
    let cut = missing.is_some();
    words.extend(missing);
    (words, cut)
}

fn expand(word: &str) -> String {
    let mut word = word.to_owned();
    for (name, value) in VARIABLES {
        word = word.replace(&format!("${{{name}}}"), value);
        let bare = format!("${name}/");
        word = word.replace(&bare, &format!("{value}/"));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_as_microk8s_reads_them() {
        for (text, expected, cut) in [
            ("--a=1\n# --b=2\n\n  --c  \n", vec!["--a=1", "--c"], false),
            (
                "--kubeconfig=${SNAP_DATA}/credentials/x\n--r=$SNAP_COMMON/y",
                vec![
                    "--kubeconfig=/var/snap/microk8s/current/credentials/x",
                    "--r=/var/snap/microk8s/common/y",
                ],
                false,
            ),
            (
                "--e=\"memory<1,disk<2\" --f",
                vec!["--e=memory<1,disk<2", "--f"],
                false,
            ),
            ("--n $IP --m=$X", vec!["--n", "$IP", "--m=$X"], false),
            ("--n=1 $MORE --m", vec!["--n=1", "--m", "$MORE"], true),
            ("", vec![], false),
        ] {
            let (words, is_cut) = arguments(text);
            assert_eq!(words, expected, "{text}");
            assert_eq!(is_cut, cut, "{text}");
        }
    }
}
