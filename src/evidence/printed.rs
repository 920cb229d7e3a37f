//! Evidence as the commands of a node would print it: `ps`, `stat`, `cat`, `journalctl`. What they
//! would print cannot always be told; then it is said why.

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::stat::{self, StatRow};
use crate::bundle::{Content, Member};

/// A process as `ps` prints it.
#[derive(Clone, Debug)]
pub struct PrintedProcess {
    /// Its line, with the columns of `ps -ef`.
    pub line: String,
    /// The name of its program, as the kernel holds it: at most 15 characters.
    pub comm: String,
    /// Its id.
    pub pid: Option<u32>,
    /// The end of the line may be missing.
    pub cut: bool,
    /// Where the line stands.
    pub citation: Citation,
}

impl PrintedProcess {
    /// Its command with its arguments: what stands behind the seven columns before it.
    #[must_use]
    pub fn command(&self) -> &str {
        let mut rest = self.line.trim_start();
        for _ in 0..7 {
            rest = rest
                .split_once(' ')
                .map_or("", |(_, rest)| rest.trim_start());
        }
        rest
    }
}

/// A row, or that nothing is there; where that is said.
pub type LookedAt<'s, 'b> = (Option<&'s StatRow<'b>>, Option<Citation>);

/// Characters that the kernel keeps of a program's name.
const COMM: usize = 15;

/// The columns of `ps -ef`.
pub const PS_HEADER: &str = "UID          PID    PPID  C STIME TTY          TIME CMD";

impl<'b> Evidence<'b> {
    /// Every process of the node.
    ///
    /// # Errors
    /// No process list came in, or not a whole one, or captures of a process contradict each other.
    pub fn printed_processes(&self) -> Result<Vec<PrintedProcess>, String> {
        if self.listings().is_empty() {
            return Err("no process list is in the bundle".to_owned());
        }
        let whole = self.whole_process_list();
        let mut lists = self.listings().iter();
        let list = lists.find(|(index, _)| Some(self.cite(*index)) == whole);
        let Some((index, listing)) = list else {
            return Err("the process list need not be whole: it was not taken as root on the host, or was filtered".to_owned());
        };
        let processes = self.processes();
        if let Some(process) = processes.iter().find(|process| process.otherwise.is_some()) {
            return Err(format!(
                "{} shows a process with other arguments than another capture of it",
                process.citation.spoken()
            ));
        }
        let text = super::text(self.bytes(*index)?);
        let lines: Vec<&str> = text.lines().collect();
        let as_printed = listing.header.starts_with("UID");
        let printed = listing.processes.iter().map(|process| {
            let at = usize::try_from(process.line).unwrap_or(0);
            let own = lines.get(at.saturating_sub(1)).filter(|_| as_printed);
            let line = own.map(|line| (*line).to_owned()).unwrap_or_else(|| {
                let user = process.user.as_deref().unwrap_or("root");
                let [pid, ppid] = [process.pid, process.ppid].map(Option::unwrap_or_default);
                let command = &process.command;
                format!("{user:<8} {pid:>7} {ppid:>7}  0 ?     ?        00:00:00 {command}")
            });
            PrintedProcess {
                line,
                comm: self.comm(process.pid, &process.command),
                pid: process.pid,
                cut: process.cut,
                citation: self.cite(*index).line(process.line),
            }
        });
        Ok(printed.collect())
    }

    /// The kernel's name of a process: as collected, else that of its program's file.
    fn comm(&self, pid: Option<u32>, command: &str) -> String {
        let collected = pid.and_then(|pid| {
            // It lies beside the arguments of the same process of the same machine.
            let beside = self.first(&Kind::CommandLine(pid))?;
            let name = &self.bundle.members.get(beside)?.name;
            let name = format!("{}comm", name.strip_suffix("cmdline")?);
            let mut members = self.bundle.members.iter();
            match &members.find(|member| member.name == name)?.content {
                Content::Kept(bytes) => Some(super::text(bytes).trim().to_owned()),
                _ => None,
            }
        });
        collected.unwrap_or_else(|| {
            let first = command.split(' ').next().unwrap_or_default();
            let kernel = first.trim_start_matches('[').trim_end_matches(']');
            let name = match first.starts_with('[') {
                true => kernel.split('/').next().unwrap_or_default(),
                false => first.rsplit('/').next().unwrap_or_default(),
            };
            name.trim_end_matches(':').chars().take(COMM).collect()
        })
    }

    /// What stands at a path itself, or that nothing does, and where that is said.
    ///
    /// # Errors
    /// Nobody looked, or was not let.
    pub fn looked_at(&self, path: &str) -> Result<LookedAt<'_, 'b>, String> {
        if let Some(found) = self.looked_at_itself(path)? {
            return Ok(found);
        }
        // What is below nothing is known too; no path is longer than this.
        let mut above = path;
        if path.len() as u64 > self.limits.path_length {
            above = "";
        }
        while let Some((parent, _)) = above
            .rsplit_once('/')
            .filter(|(above, _)| !above.is_empty())
        {
            match self.looked_at_itself(parent) {
                Ok(Some((None, citation))) => return Ok((None, citation)),
                Ok(None) => above = parent,
                Ok(Some(_)) | Err(_) => break,
            }
        }
        Err(format!(
            "{} does not say what is at {path}",
            self.metadata_source()
        ))
    }

    /// The same of the path alone; `None` where nothing is said of it.
    fn looked_at_itself(&self, path: &str) -> Result<Option<LookedAt<'_, 'b>>, String> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_own = |row: &StatRow<'_>| {
            let is_folder_of_it = path
                .strip_prefix(&*row.path)
                .is_some_and(|rest| rest.starts_with('/'));
            row.path == path || (!is_folder_of_it && row.path.rsplit('/').next() == Some(name))
        };
        let hops = self.hops(path).into_iter();
        if let Some((row, citation)) = hops.into_iter().find(|(row, _)| is_own(row)) {
            return match row.kind {
                stat::FileType::Absent => Ok(Some((None, Some(citation)))),
                stat::FileType::Unreadable => {
                    Err(format!("the collector could not look at {path}"))
                }
                _ => Ok(Some((Some(row), Some(citation)))),
            };
        }
        let mut skipped = self.manifest.iter().flat_map(|manifest| &manifest.skipped);
        if skipped.any(|skipped| skipped.path == path && skipped.reason == "absent") {
            return Ok(Some((None, None)));
        }
        Ok(None)
    }

    /// The bytes of a member of this bundle.
    ///
    /// # Errors
    /// They were not kept, or cannot be read.
    pub fn member_bytes(&self, member: &'b Member) -> Result<&'b [u8], String> {
        let index = self
            .bundle
            .members
            .iter()
            .position(|one| std::ptr::eq(one, member));
        self.bytes(index.ok_or("is not in the bundle")?)
    }

    /// The journal of a systemd unit, as collected, and where; `None`: none was.
    ///
    /// # Errors
    /// It cannot be read.
    #[must_use]
    pub fn printed_journal(&self, unit: &str) -> Option<Result<(String, Citation), String>> {
        let unit = unit.trim_end_matches(".service");
        let wanted = format!("journal-{unit}.txt");
        let journals = self.all(|kind| matches!(kind, Kind::Journal | Kind::KubeletJournal));
        let mut indexes = journals.map(|(_, index)| index);
        let index = indexes.find(|index| {
            let member = self.bundle.members.get(*index);
            member.and_then(|member| member.name.rsplit('/').next()) == Some(wanted.as_str())
        })?;
        let text = |bytes| (super::text(bytes).into_owned(), self.cite(index));
        Some(self.bytes(index).map(text))
    }

    /// The environment of a process, as `/proc/PID/environ` holds it, and where.
    ///
    /// # Errors
    /// It was not collected, or cannot be read.
    pub fn printed_environment(&self, pid: u32) -> Result<(String, Citation), String> {
        let index = self.first(&Kind::Environment(pid));
        let index = index.ok_or_else(|| format!("/proc/{pid}/environ is not in the bundle"))?;
        let bytes = self.bytes(index)?;
        Ok((super::text(bytes).into_owned(), self.cite(index)))
    }
}
