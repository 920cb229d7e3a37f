//! The lengths of a listing's lines → which of them may have been cut off.

use super::columns::Row;

/// Widths of terminals, and of buffers that `ps` has had. A line of such a length, or one less, may
/// be cut even when no other has the same.
const WIDTHS: [usize; 13] = [
    80, 100, 120, 132, 150, 160, 180, 200, 220, 240, 2048, CMDLINE, BUFFER,
];

/// What old kernels show of a command line.
const CMDLINE: usize = 4096;

/// procps builds a line in a buffer of this size.
const BUFFER: usize = 131_072;

/// busybox writes no longer line, whatever its options.
const BUSYBOX: usize = 2048;

/// How long the lines of a listing are.
pub(super) struct Width {
    longest: usize,
    /// At least two lines are that long.
    shared: bool,
    wide: bool,
    busybox: bool,
}

impl Width {
    pub(super) fn of(rows: &[Row<'_>], wide: bool, busybox: bool) -> Self {
        let lengths = || rows.iter().map(|row| row.length);
        let longest = lengths().max().unwrap_or(0);
        let shared = lengths().filter(|length| *length == longest).count() > 1;
        Self {
            longest,
            shared,
            wide,
            busybox,
        }
    }

    /// Whether the end of a row's command may be missing.
    pub(super) fn cuts(&self, row: &Row<'_>) -> bool {
        let here = row.length;
        let shortened = row.command.ends_with('>') && !row.command.ends_with("<defunct>");
        if row.command.ends_with('…') || here == self.longest && (shortened || row.wrapped) {
            return true;
        }
        // A kernel's cut is one of the command line, wherever the line ends.
        let at_buffer =
            |length: usize| length == CMDLINE || length == CMDLINE - 1 || length >= BUFFER - 1;
        if at_buffer(here) || at_buffer(row.command.len()) {
            return true;
        }
        if self.busybox && here + 2 >= BUSYBOX {
            return true;
        }
        // busybox leaves room for a line break and an end mark.
        let spare = if self.busybox { 2 } else { 1 };
        !self.wide
            && here == self.longest
            && (self.shared || (0..=spare).any(|less| WIDTHS.contains(&(here + less))))
    }
}
