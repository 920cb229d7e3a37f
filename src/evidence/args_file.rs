//! A file of arguments, as MicroK8s keeps one for each component → the component's words.
//! Comment lines are skipped, quotes stripped, the rest split at blanks.

use super::folder::tidy;
use super::process::Process;
use super::{Evidence, NodeFile, REDACTED, stat};

/// Where MicroK8s keeps a component's.
#[must_use]
pub fn microk8s(component: &str) -> String {
    format!("/var/snap/microk8s/current/args/{component}")
}

/// The folder of its data, where nothing says which revision's; `current` is the link to that.
const SNAP_DATA: &str = "/var/snap/microk8s/current";

/// What else snapd sets for MicroK8s.
const VARIABLES: [(&str, &str); 2] = [
    ("SNAP_COMMON", "/var/snap/microk8s/common"),
    ("SNAP", "/snap/microk8s/current"),
];

/// The flags that name a component's file to the program that has it inside.
fn flags(component: &str) -> [String; 2] {
    let short = component.strip_prefix("kube-").unwrap_or(component);
    [component, short].map(|name| format!("--{name}-args-file"))
}

/// The file of arguments that a process names for a component inside it; the usual one where it
/// names none. `None` where its line does not tell.
#[must_use]
pub fn named(component: &str, inside: &Process) -> Option<String> {
    let flags = flags(component);
    let words = inside.words.iter().map(String::as_str);
    let next = inside.words.iter().skip(1).map(String::as_str);
    let mut values = words.zip(next.chain([""])).filter_map(|(word, next)| {
        let (flag, value) = word.split_once('=').unwrap_or((word, next));
        flags.iter().any(|known| known == flag).then_some(value)
    });
    let last = values.by_ref().last();
    match (last, &inside.cwd) {
        (None, _) => (!inside.cut).then(|| microk8s(component)),
        (Some(path), _) if path.contains(REDACTED) || path.is_empty() => None,
        (Some(path), _) if path.starts_with('/') => Some(tidy(path)),
        (Some(path), Some(cwd)) => Some(tidy(&format!("{cwd}/{path}"))),
        (Some(_), None) => None,
    }
}

impl Evidence<'_> {
    /// The component inside this process, as its file of arguments has it, and the path of that;
    /// `None` where the file was not collected. A `$` left in a word stands for what is not known.
    #[must_use]
    pub fn of_args_file(&self, component: &str, inside: &Process) -> Option<(Process, String)> {
        let path = named(component, inside).filter(|_| inside.elsewhere.is_none())?;
        let names = self.same_files(&path);
        let mut all = std::iter::once(&path).chain(&names);
        let (member, citation) = all.find_map(|path| match self.file(path) {
            NodeFile::Here(member, citation) => Some((member, citation)),
            _ => None,
        })?;
        let crate::bundle::Content::Kept(bytes) = &member.content else {
            return None;
        };
        let usual = microk8s(component);
        let data = path
            .strip_suffix(&format!("/args/{component}"))
            .filter(|data| data.starts_with("/var/snap/") && !names.contains(&usual))
            .unwrap_or(SNAP_DATA);
        let most = usize::try_from(self.limits().argument_bytes).unwrap_or(usize::MAX);
        let taken = bytes.get(..most).unwrap_or(bytes);
        let (arguments, cut) = arguments(&String::from_utf8_lossy(taken), data);
        let cut = cut || taken.len() < bytes.len();
        let mut words = vec![component.to_owned()];
        words.extend(arguments);
        let process = Process {
            words,
            exact: true,
            cut,
            surely_cut: cut,
            citation,
            ..inside.clone()
        };
        Some((process, path))
    }

    /// Other paths that are the same file: a link says so, or an equal digest.
    fn same_files(&self, path: &str) -> Vec<String> {
        let Some(stat) = self.stat() else {
            return Vec::new();
        };
        let below = |path: &str, folder: &str, other: &str| {
            let rest = path.strip_prefix(folder)?;
            rest.starts_with('/').then(|| format!("{other}{rest}"))
        };
        let digest = stat.get(path).and_then(|row| row.sha256.as_deref());
        let mut names = Vec::new();
        for row in stat.rows() {
            if row.kind == stat::FileType::Symlink
                && let Some(target) = row.target.as_deref()
                && let Some((folder, _)) = row.path.rsplit_once('/')
            {
                let target = match target.starts_with('/') {
                    true => tidy(target),
                    false => tidy(&format!("{folder}/{target}")),
                };
                names.extend(below(path, &row.path, &target));
                names.extend(below(path, &target, &row.path));
            }
            if digest.is_some() && row.sha256.as_deref() == digest && row.path != path {
                names.push(row.path.to_string());
            }
        }
        names
    }
}

/// The words, and whether a variable stands for words of its own. Such a one is the last word then:
/// the part of the line that is missing.
fn arguments(text: &str, data: &str) -> (Vec<String>, bool) {
    let mut words: Vec<String> = Vec::new();
    let mut missing = None;
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.starts_with('#')) {
        for word in line.replace(['"', '\''], "").split_whitespace() {
            let word = expand(word, data);
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

fn expand(word: &str, data: &str) -> String {
    let mut word = word.to_owned();
    for (name, value) in [("SNAP_DATA", data)].into_iter().chain(VARIABLES) {
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
            let (words, is_cut) = arguments(text, SNAP_DATA);
            assert_eq!(words, expected, "{text}");
            assert_eq!(is_cut, cut, "{text}");
        }
    }
}
