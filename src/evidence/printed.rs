//! Evidence as the commands of a node would print it: `ps`, `stat`, `cat`, `journalctl`. What they
//! would print cannot always be told; then it is said why.

use super::layout::Kind;
use super::stat::{self, StatRow};
use super::{Evidence, Folder};
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

/// Characters that the kernel keeps of a program's name.
const COMM: usize = 15;

/// The columns of `ps -ef`.
pub const PS_HEADER: &str = "UID          PID    PPID  C STIME TTY          TIME CMD";

impl<'b> Evidence<'b> {
    /// Every process of the node.
    ///
    /// # Errors
    /// No process list came in, or not a whole one.
    pub fn printed_processes(&self) -> Result<Vec<PrintedProcess>, String> {
        let Some((index, listing)) = self.listings().first() else {
            return Err("no process list is in the bundle".to_owned());
        };
        if self.whole_process_list().is_none() {
            return Err("the process list need not be whole: it was not taken as root on the host, or was filtered".to_owned());
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
            }
        });
        Ok(printed.collect())
    }

    /// The kernel's name of a process: as collected, else that of its program's file.
    fn comm(&self, pid: Option<u32>, command: &str) -> String {
        let collected = pid.and_then(|pid| {
            let name = format!("proc/{pid}/comm");
            let mut members = self.bundle.members.iter();
            let member = members.find(|member| member.name.ends_with(&name))?;
            match &member.content {
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

    /// What stands at a path itself; `None`: nothing does.
    ///
    /// # Errors
    /// Nobody looked, or was not let.
    pub fn looked_at(&self, path: &str) -> Result<Option<&StatRow<'b>>, String> {
        if path == "/" {
            return Err("nothing is known of /".to_owned());
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let hops = self.hops(path);
        let own = hops
            .into_iter()
            .map(|(row, _)| row)
            .find(|row| row.path == path || row.path.rsplit('/').next() == Some(name));
        match own {
            Some(row) => match row.kind {
                stat::Kind::Absent => Ok(None),
                stat::Kind::Unreadable => Err(format!("the collector could not look at {path}")),
                _ => Ok(Some(row)),
            },
            None => {
                let skipped = self.manifest.iter().flat_map(|manifest| &manifest.skipped);
                let mut absent = skipped.filter(|s| s.path == path && s.reason == "absent");
                let parent = path.rsplit_once('/').map(|(parent, _)| parent);
                match (absent.next(), parent) {
                    (Some(_), _) => Ok(None),
                    // What is below nothing, or below a folder that was listed whole, is known too.
                    (None, Some(parent)) if !parent.is_empty() => match self.looked_at(parent) {
                        Ok(None) => Ok(None),
                        _ => self.is_not_listed(parent, path),
                    },
                    _ => Err(format!(
                        "{} does not say what is at {path}",
                        self.metadata_source()
                    )),
                }
            }
        }
    }

    fn is_not_listed(&self, folder: &str, path: &str) -> Result<Option<&StatRow<'b>>, String> {
        match self.folder(folder) {
            Folder::Listed(below) if !below.is_empty() => Ok(None),
            _ => Err(format!(
                "{} does not say what is at {path}",
                self.metadata_source()
            )),
        }
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

    /// The journal of a systemd unit, as collected; `None`: none was.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn printed_journal(&self, unit: &str) -> Option<Result<String, String>> {
        let unit = unit.trim_end_matches(".service");
        let wanted = format!("journal-{unit}.txt");
        let members = self.bundle.members.iter().enumerate();
        let mut members =
            members.filter(|(_, member)| member.name.rsplit('/').next() == Some(wanted.as_str()));
        let (index, _) = members.next()?;
        Some(
            self.bytes(index)
                .map(|bytes| super::text(bytes).into_owned()),
        )
    }

    /// The environment of a process, as `/proc/PID/environ` holds it.
    ///
    /// # Errors
    /// It was not collected, or cannot be read.
    pub fn printed_environment(&self, pid: u32) -> Result<String, String> {
        let index = self.first(&Kind::Environment(pid));
        let index = index.ok_or_else(|| format!("/proc/{pid}/environ is not in the bundle"))?;
        self.bytes(index)
            .map(|bytes| super::text(bytes).into_owned())
    }
}
