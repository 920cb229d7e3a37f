//! What a member is evidence of, told by its name and first bytes.

use super::unread::Unread;

/// What kind of evidence a member is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `bundle.json`
    Manifest,
    /// `SHA256SUMS`
    Sums,
    /// `SHA256SUMS.sig`
    Signature,
    /// A process list as `ps` prints it.
    ProcessList,
    /// Argument lines of processes, one a line, without a header.
    Arguments,
    /// What a scanner of hosts reports, in which evidence stands.
    Report,
    /// The state of units as `systemctl status` prints it.
    ServiceState,
    /// `proc/<pid>/cmdline`
    CommandLine(u32),
    /// `proc/<pid>/cwd`
    WorkingDirectory(u32),
    /// `proc/<pid>/exe`
    Executable(u32),
    /// `proc/<pid>/environ`
    Environment(u32),
    /// `proc/<pid>/started_at`
    StartedAt(u32),
    /// `stat.tsv`
    Metadata,
    /// Metadata of some paths as `ls -l` or `stat` print it.
    PrintedMetadata,
    /// A configz reply; the node its file is named after, empty where it is named after none.
    Configz(String),
    /// What k3s wrote into the journal
    Journal,
    /// `kubelet --version`
    KubeletVersion,
    /// What `kubectl version -o json` printed.
    ServerVersion,
    /// What a kubelet wrote into the journal
    KubeletJournal,
    /// What `--version` of another component printed.
    ComponentVersion(String),
    /// `systemctl show`
    Units,
    /// `api/nodes.json`
    ApiNodes,
    /// `api/<resource>.json`
    ApiObjects(String),
    /// A file of the node, at this absolute path.
    File(String),
    /// A KubeletConfiguration that stands at no absolute path.
    LooseKubeletConfig,
    /// Output of a command that no rule reads.
    Unread(Unread),
    /// Nothing that a rule reads.
    Other,
}
