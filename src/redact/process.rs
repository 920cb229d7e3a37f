//! Process lists: columns as the header counts them, the command last.

use super::masker::Masker;
use super::names::has;
use super::pattern::MaskPattern;
use super::unit::{first_word, last_part};
use crate::evidence::ps::Columns;

static LISTING: MaskPattern = MaskPattern::of("^(/usr)?(/bin/)?ps( [A-Za-z0-9,:=%._-]+)*$");

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
            self.header = std::str::from_utf8(s).ok().and_then(Columns::read);
            return s.to_vec();
        }
        let (at, pid) = self.command_at(s);
        let (columns, command) = s.split_at(at);
        let first = first_word(command);
        let is_known = pid.is_some_and(|pid| self.pids.contains(&pid));
        if is_known || Self::is_shown_program(last_part(first)) {
            self.is_rancher = has(command, b"k3s") || has(command, b"rke2");
            return [columns, &self.plain(command, None)].concat();
        }
        // How wide a list is, and of which processes, is told by the line of its own command.
        if LISTING.is_in(command) {
            return s.to_vec();
        }
        let mut out = [columns, &self.plain(first, None)].concat();
        if first.len() < command.len() {
            out.push(b' ');
            self.hit("arguments-of-other-process", &mut out);
        }
        out
    }

    /// Where the command of a line begins, and the process id.
    fn command_at(&self, s: &[u8]) -> (usize, Option<u32>) {
        let line = std::str::from_utf8(s).ok();
        let read = line.zip(self.header.as_ref()).and_then(|(line, header)| {
            let (pid, command) = header.command(line)?;
            let at = command.as_ptr().addr().checked_sub(line.as_ptr().addr())?;
            (at <= line.len() && !command.is_empty()).then_some((at, pid))
        });
        read.unwrap_or_else(|| self.command_by_columns(s))
    }

    /// The same, where each column but the last is a word.
    fn command_by_columns(&self, s: &[u8]) -> (usize, Option<u32>) {
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
        let pid = std::str::from_utf8(pid)
            .ok()
            .and_then(|pid| pid.parse().ok());
        (at, pid)
    }
}
