//! What each code is, as it is written and in words.

use super::Code;

impl Code {
    /// Every code, with what it says.
    pub const ALL: &[(Self, &'static str, &'static str)] = &[
        (
            Self::ConfigzSetsIt,
            "configz-sets-it",
            "configz shows the value",
        ),
        (
            Self::ArgumentSetsIt,
            "argument-sets-it",
            "an argument of the process sets the value",
        ),
        (
            Self::DropInSetsIt,
            "drop-in-sets-it",
            "a drop-in configuration file sets the value",
        ),
        (
            Self::ConfigFileSetsIt,
            "config-file-sets-it",
            "the configuration file sets the value",
        ),
        (
            Self::DefaultApplies,
            "default-applies",
            "nothing sets the value, so the default of the version and start-up mode applies",
        ),
        (
            Self::ComponentNotSeen,
            "component-not-seen",
            "the evidence neither shows the component nor proves that it is not on the node",
        ),
        (
            Self::ComponentNotOnNode,
            "component-not-on-node",
            "a whole process list and the file metadata prove that the component is not on the node",
        ),
        (
            Self::EmbeddedComponent,
            "embedded-component",
            "the component runs inside another program, whose arguments are not its own",
        ),
        (
            Self::FileNotTiedToProcess,
            "file-not-tied-to-process",
            "a configuration file is there, and no process that reads it",
        ),
        (
            Self::FileNotCollected,
            "file-not-collected",
            "a file or folder that the process names is not in the bundle",
        ),
        (
            Self::ConfigFileMissing,
            "config-file-missing",
            "a file or folder that the process names is not on the node",
        ),
        (
            Self::ConfigFileUnparseable,
            "config-file-unparseable",
            "a configuration file is neither YAML nor JSON, or its bytes cannot be read",
        ),
        (
            Self::ArgumentsCutOff,
            "arguments-cut-off",
            "the end of the argument line is missing, or may be",
        ),
        (
            Self::ContradictoryEvidence,
            "contradictory-evidence",
            "two captures of one process contradict each other",
        ),
        (
            Self::ValueRedacted,
            "value-redacted",
            "the deciding value is masked in the bundle",
        ),
        (
            Self::WouldNotStart,
            "would-not-start",
            "the component would refuse what the evidence shows, so it does not show what runs",
        ),
        (
            Self::VersionUnknown,
            "version-unknown",
            "the value depends on a version that the evidence does not show",
        ),
        (
            Self::DefaultUnknown,
            "default-unknown",
            "nothing sets the value, and no source says what the default is",
        ),
        (
            Self::DynamicConfig,
            "dynamic-config",
            "the API may assign the kubelet a configuration in place of its file, and nothing shows it",
        ),
        (
            Self::RestartPending,
            "restart-pending",
            "a deciding file changed after the process started",
        ),
        (
            Self::ConfigzUnreadable,
            "configz-unreadable",
            "the configz reply cannot be read",
        ),
        (
            Self::ConfigzIncomplete,
            "configz-incomplete",
            "the configz reply lacks what a kubelet always shows",
        ),
        (
            Self::ConfigzAmbiguous,
            "configz-ambiguous",
            "several configz replies, or one that gives a key twice, contradict each other",
        ),
        (
            Self::ConfigzRefused,
            "configz-refused",
            "configz was asked for and not handed out, so what is on disk decides",
        ),
        (
            Self::ChecksumMismatch,
            "checksum-mismatch",
            "a member read for the verdict does not match SHA256SUMS, or its digest in stat.tsv",
        ),
        (
            Self::MetadataContradicts,
            "metadata-contradicts",
            "stat.tsv contradicts what the bundle holds of a file",
        ),
        (
            Self::DuplicateMember,
            "duplicate-member",
            "a member read for the verdict stands in the bundle more than once",
        ),
        (
            Self::TooMuchEvidence,
            "too-much-evidence",
            "evidence is more than a limit on hostile input takes in",
        ),
        (
            Self::SeveralProcesses,
            "several-processes",
            "several processes of the component run on the node",
        ),
        (
            Self::NoRuleDecides,
            "no-rule-decides",
            "the benchmark asks a person, and no rule decides it",
        ),
        (
            Self::Drift,
            "drift",
            "what runs and what is written down differ",
        ),
        (
            Self::CapturesDisagreeInTime,
            "captures-disagree-in-time",
            "what runs and what is written down differ, and were captured at different times",
        ),
        (
            Self::NextStartFails,
            "next-start-fails",
            "the running value is certain, and the next start will fail",
        ),
        (
            Self::FlagDeprecated,
            "flag-deprecated",
            "the value is set by a deprecated flag",
        ),
        (
            Self::UnknownFlag,
            "unknown-flag",
            "the argument line has a flag that no version of the component has",
        ),
        (
            Self::NoProcessEvidence,
            "no-process-evidence",
            "configz alone decides; nothing on disk was collected",
        ),
        (
            Self::BenchmarkApproximate,
            "benchmark-approximate",
            "the version is newer than any the benchmarks name; the newest was taken",
        ),
        (
            Self::BenchmarkAssumed,
            "benchmark-assumed",
            "the evidence shows no platform or version; the newest benchmark was taken",
        ),
        (
            Self::NothingRecognised,
            "nothing-recognised",
            "nothing in the bundle is evidence that a rule reads",
        ),
        (
            Self::FileMetadataShows,
            "file-metadata-shows",
            "the file's metadata decides",
        ),
        (Self::UnitShows, "unit-shows", "a unit's properties decide"),
        (
            Self::ObjectsShow,
            "objects-show",
            "objects of the API decide",
        ),
        (
            Self::ObjectsNotCollected,
            "objects-not-collected",
            "a list of API objects is not in the bundle, or was refused",
        ),
        (
            Self::ObjectsIncomplete,
            "objects-incomplete",
            "a list of API objects is not whole, or part of an object is masked",
        ),
        (
            Self::ObjectsUnreadable,
            "objects-unreadable",
            "a list of API objects cannot be read",
        ),
        (
            Self::NoAdmissionPolicy,
            "no-admission-policy",
            "no pod does it, and nothing that is known keeps one from doing it",
        ),
        (
            Self::DistributionDefault,
            "distribution-default",
            "the distribution ships it, recognised by content, so it does not fail alone",
        ),
        (
            Self::FileNotOnNode,
            "file-not-on-node",
            "the file is not on the node, or the node has no such file by design",
        ),
        (
            Self::DefaultUnwanted,
            "default-unwanted",
            "nobody set the value, and the default in force is the unwanted one",
        ),
        (
            Self::PublisherSkips,
            "publisher-skips",
            "the publisher's own profile does not judge this control",
        ),
        (
            Self::PlannedDiffers,
            "planned-differs",
            "the unit that started the process plans another value for the next start",
        ),
        (
            Self::NotOnThisSystem,
            "not-on-this-system",
            "the operating system of the node has nothing that the rule is about",
        ),
        (
            Self::Attested,
            "attested",
            "a person answered where no evidence decides",
        ),
        (
            Self::WaiverExpired,
            "waiver-expired",
            "a waiver or attestation that was for this finding has expired",
        ),
    ];
}
