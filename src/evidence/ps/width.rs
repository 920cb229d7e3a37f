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

/// Lines of one length, that of a terminal, of which nobody believes that they are whole.
const MANY: usize = 3;

/// How long the lines of a listing are.
pub(super) struct Width {
    longest: usize,
    /// Of the commands alone, in bytes.
    longest_command: usize,
    /// How many lines are that long.
    longest_lines: usize,
    wide: bool,
    busybox: bool,
}

impl Width {
    pub(super) fn of(rows: &[Row<'_>], wide: bool, busybox: bool) -> Self {
        let lengths = || rows.iter().map(|row| row.length);
        let longest = lengths().max().unwrap_or(0);
        let commands = rows.iter().map(|row| row.command.len());
        let longest_command = commands.max().unwrap_or(0);
        let longest_lines = lengths().filter(|length| *length == longest).count();
        Self {
            longest,
            longest_command,
            longest_lines,
            wide,
            busybox,
        }
    }

    /// Whether the end of a row's command is missing: it has the mark of a shortened line, or what
    /// follows it is its rest.
    pub(super) fn surely_cuts(&self, row: &Row<'_>) -> bool {
        let shortened = row.command.ends_with('>') && !row.command.ends_with("<defunct>");
        row.command.ends_with('…') || row.length == self.longest && (shortened || row.wrapped)
    }

    /// Whether a width could have cut it. What has longer lines beside it was not cut there.
    pub(super) fn may_cut(&self, row: &Row<'_>) -> bool {
        let here = row.length;
        // A kernel's cut is one of the command line, wherever the line ends.
        let command = row.command.len();
        let at_page = |length: usize| length == CMDLINE || length == CMDLINE - 1;
        if (at_page(command) && self.longest_command <= CMDLINE)
            || (at_page(here) && here == self.longest)
            || here >= BUFFER - 1
            || command >= BUFFER - 1
        {
            return true;
        }
        if self.busybox && here + 2 >= BUSYBOX && self.longest <= BUSYBOX {
            return true;
        }
        // busybox leaves room for a line break and an end mark.
        let spare = if self.busybox { 2 } else { 1 };
        // Whatever the command is said to have been, so many lines do not end there by themselves.
        if self.longest_lines >= MANY && here == self.longest && WIDTHS.contains(&here) {
            return true;
        }
        !self.wide
            && here == self.longest
            && (self.longest_lines > 1 || (0..=spare).any(|less| WIDTHS.contains(&(here + less))))
    }
}
