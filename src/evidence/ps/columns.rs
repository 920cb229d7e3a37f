//! The header line of a `ps` listing → its columns; a line below it → their fields.
//!
//! Fields before the last hold no blanks, but for those this file knows. Byte columns tell nothing:
//! a wide value shifts all that follow it.

use jiff::civil::DateTime;

/// Of the columns before the last, what is read, and where a field is not simply one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Pid,
    Ppid,
    User,
    /// Start times: a word, `Oct 04`, or `Sat Nov 21 20:00:00 2026`.
    Start,
    /// Busybox prints `S <` for a state with a priority.
    Stat,
    /// A number, which old busybox leaves blank for kernel threads.
    Size,
    /// Talos prints a number and a unit: `98 MB`.
    Amount,
    Other,
}

/// Units of an amount of memory.
const UNITS: [&str; 10] = [
    "B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB",
];

/// The header of `ps -ef`, for lines that a filter took it from.
const EF: &str = "UID PID PPID C STIME TTY TIME CMD";

/// The header of `ps aux`.
const AUX: &str = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND";

/// A header line, read.
pub(super) struct Header {
    /// Without the last.
    columns: Vec<Column>,
    busybox: bool,
    threads: bool,
    names_only: bool,
}

/// The columns of a list, for whoever changes its lines.
pub struct Columns(Header);

impl Columns {
    /// The columns that a header line names.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        Header::read(line).map(Self)
    }

    /// The process id and the command of a line below it.
    #[must_use]
    pub fn command<'a>(&self, line: &'a str) -> Option<(Option<u32>, &'a str)> {
        self.0.row(line, 0).map(|row| (row.pid, row.command))
    }
}

/// A line below the header, read.
pub(super) struct Row<'a> {
    pub(super) pid: Option<u32>,
    pub(super) ppid: Option<u32>,
    pub(super) user: Option<&'a str>,
    /// By the clock of the machine, where the list has it to the second.
    pub(super) started: Option<DateTime>,
    pub(super) command: &'a str,
    /// Of the line as it stands: procps counts characters, busybox bytes.
    pub(super) length: usize,
    pub(super) number: u32,
    /// The line after it is no process: it may be the rest of this one.
    pub(super) wrapped: bool,
}

impl Header {
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut names: Vec<&str> = line.split_ascii_whitespace().collect();
        let last = names.pop()?;
        let has = |name: &str| names.contains(&name);
        let is_name = |name: &&str| {
            let known = |c: char| matches!(c, 'A'..='Z' | '0'..='9' | '%' | '_' | ':');
            name.chars().all(known) || *name == "CPU-TIME"
        };
        // %VSZ and VIRT are columns of top, which cuts its lines.
        if !matches!(last, "CMD" | "COMMAND" | "ARGS")
            || !has("PID")
            || !names.iter().all(is_name)
            || has("%VSZ")
            || has("VIRT")
        {
            return None;
        }
        Some(Self {
            // procps right-aligns its PIDs; so does busybox built small, which has these columns alone.
            busybox: line.starts_with("PID") && !has("VIRTMEM")
                || names == ["PID", "USER", "VSZ", "STAT"],
            threads: ["LWP", "SPID", "TID"].iter().any(|name| has(name)),
            // `ps`, `ps -e`, `-l` and `-j`; with `-f` there is a STIME, BSD options say COMMAND.
            names_only: last == "CMD" && has("TTY") && has("TIME") && !has("STIME"),
            columns: names.iter().map(|name| Column::named(name)).collect(),
        })
    }

    /// The header that a line must have had above it, by the shape of its fields.
    pub(super) fn of_line(line: &str) -> Option<(Self, &'static str)> {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_number = |at: usize| {
            let digits = |field: &&str| field.bytes().all(|byte| byte.is_ascii_digit());
            fields.get(at).is_some_and(digits)
        };
        let is_share = |at: usize| fields.get(at).is_some_and(|f| f.parse::<f64>().is_ok());
        let is_terminal = |at: usize| {
            let known = |field: &&str| {
                matches!(*field, "?" | "-" | "console")
                    || ["pts/", "tty"].iter().any(|kind| field.starts_with(kind))
            };
            fields.get(at).is_some_and(known)
        };
        let is_time = |at: usize| {
            let clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-');
            let known = |field: &&str| field.contains(':') && field.chars().all(clock);
            fields.get(at).is_some_and(known)
        };
        let is_ef = (1..=3).all(is_number) && is_terminal(5) && is_time(6) && fields.len() > 7;
        let is_aux = is_number(1)
            && is_share(2)
            && is_share(3)
            && is_number(4)
            && is_number(5)
            && is_terminal(6)
            && is_time(9)
            && fields.len() > 10;
        let header = match (is_ef, is_aux) {
            (true, _) => EF,
            (false, true) => AUX,
            (false, false) => return None,
        };
        Some((Self::read(header)?, header))
    }

    /// Whether busybox wrote it, which cuts lines at 2048 bytes whatever its options.
    pub(super) fn is_busybox(&self) -> bool {
        self.busybox
    }

    pub(super) fn lists_threads(&self) -> bool {
        self.threads
    }

    pub(super) fn has_names_only(&self) -> bool {
        self.names_only
    }

    /// Whether a line is one of a thread, which `ps m` puts below its process with `-` for a PID.
    pub(super) fn is_thread(&self, line: &str) -> bool {
        let pid = self
            .columns
            .iter()
            .position(|column| *column == Column::Pid);
        pid.is_some_and(|pid| line.split_ascii_whitespace().nth(pid) == Some("-"))
    }

    /// The process a line is about; `None` where its PID is no number.
    pub(super) fn row<'a>(&self, line: &'a str, number: u32) -> Option<Row<'a>> {
        let mut fields = Fields { rest: line };
        let mut row = Row {
            pid: None,
            ppid: None,
            user: None,
            started: None,
            command: "",
            length: match self.busybox {
                true => line.len(),
                false => line.chars().count(),
            },
            number,
            wrapped: false,
        };
        let mut has_pid = false;
        for column in &self.columns {
            match column {
                Column::Pid => {
                    let field = fields.word();
                    has_pid = !field.is_empty() && field.bytes().all(|b| b.is_ascii_digit());
                    row.pid = field.parse().ok();
                }
                Column::Ppid => row.ppid = fields.word().parse().ok(),
                Column::User => {
                    let field = fields.word();
                    row.user = row.user.or((!field.is_empty()).then_some(field));
                }
                Column::Start => row.started = fields.start_time().or(row.started),
                Column::Stat => fields.state(self.busybox),
                Column::Size => {
                    let field = fields.peek();
                    if field == "-" || field.starts_with(|c: char| c.is_ascii_digit()) {
                        fields.word();
                    }
                }
                Column::Amount => {
                    fields.word();
                    if UNITS.contains(&fields.peek()) {
                        fields.word();
                    }
                }
                Column::Other => {
                    fields.word();
                }
            }
        }
        row.command = without_branches(fields.rest.trim_ascii());
        if self.busybox {
            row.command = without_name(row.command);
        }
        has_pid.then_some(row)
    }
}

impl Column {
    fn named(name: &str) -> Self {
        match name {
            "PID" => Self::Pid,
            "PPID" => Self::Ppid,
            "USER" | "UID" | "EUSER" | "RUSER" => Self::User,
            "STIME" | "START" | "STARTED" | "LSTART" => Self::Start,
            "STAT" => Self::Stat,
            "VSZ" | "RSS" => Self::Size,
            "VIRTMEM" | "RESMEM" => Self::Amount,
            _ => Self::Other,
        }
    }
}

impl Row<'_> {
    /// Whether the command is more than a process's name (which may hold a `/`: `kworker/0:1`).
    pub(super) fn has_arguments(&self) -> bool {
        self.command.starts_with('/') || self.command.contains(" -")
    }
}

/// Takes fields off the front of a line.
struct Fields<'a> {
    rest: &'a str,
}

impl<'a> Fields<'a> {
    fn peek(&self) -> &'a str {
        Fields { rest: self.rest }.word()
    }

    fn word(&mut self) -> &'a str {
        let from = self.rest.trim_ascii_start();
        let end = from.bytes().position(|byte| byte.is_ascii_whitespace());
        let (word, rest) = from
            .split_at_checked(end.unwrap_or(from.len()))
            .unwrap_or((from, ""));
        self.rest = rest;
        word
    }

    /// Takes a time off; gives one that is whole, as LSTART is.
    fn start_time(&mut self) -> Option<DateTime> {
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let first = self.word();
        if !first.chars().all(char::is_alphabetic) || first.is_empty() {
            return None;
        }
        let mut ahead = Fields { rest: self.rest };
        let words: [&str; 4] = std::array::from_fn(|_| ahead.word());
        match words {
            [_, day, time, year] if is_number(day) && time.contains(':') && is_number(year) => {
                self.rest = ahead.rest;
                DateTime::strptime("%b %d %H:%M:%S %Y", words.join(" ")).ok()
            }
            [day, ..] if is_number(day) => {
                self.word();
                None
            }
            _ => None,
        }
    }

    fn state(&mut self, busybox: bool) {
        let state = self.word();
        let priority = self.rest.starts_with(" < ") || self.rest.starts_with(" N ");
        if busybox && state.len() == 1 && priority {
            self.word();
        }
    }
}

/// Takes off what `--forest` draws before a command.
fn without_branches(command: &str) -> &str {
    let branch = command.trim_start_matches([' ', '|']);
    branch
        .strip_prefix("\\_ ")
        .map_or(command, str::trim_ascii_start)
}

/// Takes off `{comm} `, which busybox puts before a command line that does not begin with the name.
fn without_name(command: &str) -> &str {
    let Some(rest) = command.strip_prefix('{') else {
        return command;
    };
    match rest.split_once("} ") {
        // A name has 15 bytes at most.
        Some((name, arguments)) if name.len() <= 15 => arguments,
        _ => command,
    }
}
