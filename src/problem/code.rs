//! The codes that say why, one closed list.

mod texts;

use std::fmt;

/// Why a verdict is what it is, or what a reader should know beside it: the one closed list of
/// codes that `reason` begins with and `notes` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// configz shows the value
    ConfigzSetsIt,
    /// an argument of the process sets the value
    ArgumentSetsIt,
    /// a drop-in configuration file sets the value
    DropInSetsIt,
    /// the configuration file sets the value
    ConfigFileSetsIt,
    /// nothing sets the value, so the default of the version and start-up mode applies
    DefaultApplies,
    /// the evidence neither shows the component nor proves that it is not on the node
    ComponentNotSeen,
    /// a whole process list and the file metadata prove that the component is not on the node
    ComponentNotOnNode,
    /// the component runs inside another program, whose arguments are not its own
    EmbeddedComponent,
    /// a configuration file is there, and no process that reads it
    FileNotTiedToProcess,
    /// a file or folder that the process names is not in the bundle
    FileNotCollected,
    /// a file or folder that the process names is not on the node
    ConfigFileMissing,
    /// a configuration file is neither YAML nor JSON, or its bytes cannot be read
    ConfigFileUnparseable,
    /// the end of the argument line is missing, or may be
    ArgumentsCutOff,
    /// two captures of one process contradict each other
    ContradictoryEvidence,
    /// the deciding value is masked in the bundle
    ValueRedacted,
    /// the component would refuse what the evidence shows, so it does not show what runs
    WouldNotStart,
    /// the value depends on a version that the evidence does not show
    VersionUnknown,
    /// nothing sets the value, and no source says what the default is
    DefaultUnknown,
    /// the API may assign the kubelet a configuration in place of its file, and nothing shows it
    DynamicConfig,
    /// a deciding file changed after the process started
    RestartPending,
    /// the configz reply cannot be read
    ConfigzUnreadable,
    /// the configz reply lacks what a kubelet always shows
    ConfigzIncomplete,
    /// several configz replies, or one that gives a key twice, contradict each other
    ConfigzAmbiguous,
    /// configz was asked for and not handed out, so what is on disk decides
    ConfigzRefused,
    /// a member read for the verdict does not match SHA256SUMS, or its digest in stat.tsv
    ChecksumMismatch,
    /// stat.tsv contradicts what the bundle holds of a file
    MetadataContradicts,
    /// a member read for the verdict stands in the bundle more than once
    DuplicateMember,
    /// evidence is more than a limit on hostile input takes in
    TooMuchEvidence,
    /// several processes of the component run on the node
    SeveralProcesses,
    /// the benchmark asks a person, and no rule decides it
    NoRuleDecides,
    /// what runs and what is written down differ
    Drift,
    /// what runs and what is written down differ, and were captured at different times
    CapturesDisagreeInTime,
    /// the running value is certain, and the next start will fail
    NextStartFails,
    /// the value is set by a deprecated flag
    FlagDeprecated,
    /// the argument line has a flag that no version of the component has
    UnknownFlag,
    /// configz alone decides; nothing on disk was collected
    NoProcessEvidence,
    /// the version is newer than any the benchmarks name; the newest was taken
    BenchmarkApproximate,
    /// the evidence shows no platform or version; the newest benchmark was taken
    BenchmarkAssumed,
    /// nothing in the bundle is evidence that a rule reads
    NothingRecognised,
    /// the file's metadata decides
    FileMetadataShows,
    /// a unit's properties decide
    UnitShows,
    /// objects of the API decide
    ObjectsShow,
    /// a list of API objects is not in the bundle, or was refused
    ObjectsNotCollected,
    /// a list of API objects is not whole, or part of an object is masked
    ObjectsIncomplete,
    /// a list of API objects cannot be read
    ObjectsUnreadable,
    /// no pod does it, and nothing that is known keeps one from doing it
    NoAdmissionPolicy,
    /// the distribution ships it, recognised by content, so it does not fail alone
    DistributionDefault,
    /// the file is not on the node, or the node has no such file by design
    FileNotOnNode,
    /// nobody set the value, and the default in force is the unwanted one
    DefaultUnwanted,
    /// the publisher's own profile does not judge this control
    PublisherSkips,
    /// the unit that started the process plans another value for the next start
    PlannedDiffers,
    /// the operating system of the node has nothing that the rule is about
    NotOnThisSystem,
    /// a person answered where no evidence decides
    Attested,
    /// a waiver or attestation that was for this finding has expired
    WaiverExpired,
}

impl Code {
    /// The code as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(code, _, _)| *code == self)
            .map_or("", |(_, word, _)| word)
    }

    /// What the code that is written so says.
    #[must_use]
    pub fn meaning_of(word: &str) -> Option<&'static str> {
        let mut all = Self::ALL.iter();
        let found = all.find(|(_, code, _)| *code == word);
        found.map(|(_, _, meaning)| *meaning)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
