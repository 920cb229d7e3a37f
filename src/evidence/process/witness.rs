//! Several captures of one process: what one shows of it and another leaves out, and where they
//! contradict each other.

use super::Process;
use super::program::file_name;
use crate::evidence::REDACTED;

impl Process {
    /// Whether the other shows all that this one does.
    fn is_part_of(&self, other: &Self) -> bool {
        if self.words == other.words {
            return true;
        }
        // A list of names has the program's alone, of 15 bytes at most.
        let is_name = |name: &String| {
            let program = other.words.first().map(|word| file_name(word));
            program.is_some_and(|program| program.starts_with(name.as_str()))
        };
        match self.words.as_slice() {
            _ if !self.cut => false,
            [only] if is_name(only) => true,
            words => other.words.join(" ").starts_with(&words.join(" ")),
        }
    }

    /// Whether this line of a list cannot be the process that has these words of its own.
    pub(super) fn contradicts(&self, exact: &Self) -> bool {
        // Brackets stand for words that the list could not read.
        let unread = self.words.first().is_some_and(|word| word.starts_with('['));
        let may_be_part = self.surely_cut || (self.cut && self.is_part_of(exact));
        !unread && !may_be_part && !exact.cut && !shows(&self.words, &exact.words)
    }
}

/// Adds what one more list shows of a process id. Two lines of which one is the other cut off are
/// one process; any other two contradict each other, and both are judged.
pub(super) fn witness(known: &mut Vec<Process>, process: Process) {
    if known.iter().any(|other| process.is_part_of(other)) {
        return;
    }
    known.retain(|other| !other.is_part_of(&process));
    known.push(process);
}

/// Whether a line of a list is these words, joined by blanks: what cannot be printed stands as `?`,
/// and a value may be masked in one of the two.
fn shows(listed: &[String], exact: &[String]) -> bool {
    let tokens = |words: &[String]| -> Vec<String> {
        let parts = words.iter().flat_map(|word| word.split_whitespace());
        parts.map(str::to_owned).collect()
    };
    let (listed, words) = (tokens(listed), tokens(exact));
    let plain = |c: char| c.is_ascii_graphic();
    if exact
        .iter()
        .all(|word| word.chars().all(|c| plain(c) || c == ' '))
    {
        let mut pairs = listed.iter().zip(&words);
        return listed.len() == words.len() && pairs.all(|(one, other)| same(one, other));
    }
    let printed = |tokens: &[String]| -> String {
        let chars = tokens.iter().flat_map(|token| token.chars());
        chars.filter(|c| plain(*c) && *c != '?').collect()
    };
    printed(&listed) == printed(&words)
}

fn same(one: &str, other: &str) -> bool {
    let before_mask = |text: &str| {
        let masks = [text.find(REDACTED), text.find("***")];
        masks.into_iter().flatten().min()
    };
    match (before_mask(one), before_mask(other)) {
        (None, None) => one == other,
        (one_at, other_at) => {
            let length = one_at.into_iter().chain(other_at).min().unwrap_or_default();
            one.get(..length) == other.get(..length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_list_shows_words_or_contradicts_them() {
        let split = |line: &str| -> Vec<String> { super::super::split(line) };
        for (listed, exact, expected) in [
            ("k --a=b --c", &["k", "--a=b", "--c"][..], true),
            ("k --a  --c", &["k", "--a", "", "--c"], true),
            ("k --a=b c", &["k", "--a=b c"], true),
            ("k --a=?? --c", &["k", "--a=é", "--c"], true),
            ("k --a=true", &["k", "--a=false"], false),
            ("k --a=true", &["k"], false),
            ("k", &["k", "--a=true"], false),
            (
                "k --t=REDACTED-BY-NODEPROOF --c",
                &["k", "--t=x", "--c"],
                true,
            ),
            (
                "k --t=REDACTED-BY-NODEPROOF --c",
                &["k", "--t=x", "--d"],
                false,
            ),
            (
                "k --s=1 --t=REDACTED-BY-NODEPROOF",
                &["k", "--s=2", "--t=x"],
                false,
            ),
        ] {
            let exact: Vec<String> = exact.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(shows(&split(listed), &exact), expected, "{listed}");
        }
    }
}
