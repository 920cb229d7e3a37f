//! Process lists: columns as the header counts them, the command last.

use super::masker::Masker;
use super::names::has;
use super::unit::{first_word, last_part};

impl Masker<'_> {
    /// One line of a list. Of what is no component the arguments are masked.
    pub(super) fn process(&mut self, s: &[u8], is_header: bool) -> Vec<u8> {
        if is_header {
            let words = s
                .split(|b| b" \t".contains(b))
                .filter(|word| !word.is_empty());
            let words: Vec<&[u8]> = words.collect();
            self.columns = words.len();
            self.pid_column = words.iter().position(|word| *word == b"PID");
            return s.to_vec();
        }
        let is_blank = |b: &u8| b" \t".contains(b);
        let mut at = 0;
        let mut pid: &[u8] = b"";
        for column in 0..self.columns.saturating_sub(1) {
            let start = at + s[at..].iter().take_while(|b| is_blank(b)).count();
            let word = first_word(&s[start..]);
            if word.is_empty() {
                break;
            }
            if Some(column) == self.pid_column {
                pid = word;
            }
            at = start + word.len();
        }
        at += s[at..].iter().take_while(|b| is_blank(b)).count();
        let (columns, command) = s.split_at(at);
        let first = first_word(command);
        let is_known = std::str::from_utf8(pid)
            .ok()
            .and_then(|pid| pid.parse().ok())
            .is_some_and(|pid: u32| self.pids.contains(&pid));
        if is_known || Self::is_shown_program(last_part(first)) {
            self.is_rancher = has(command, b"k3s") || has(command, b"rke2");
            return [columns, &self.plain(command, None)].concat();
        }
        let mut out = [columns, &self.plain(first, None)].concat();
        if first.len() < command.len() {
            out.push(b' ');
            self.hit("arguments-of-other-process", &mut out);
        }
        out
    }
}
