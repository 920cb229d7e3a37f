//! What went wrong with one bundle or one member, as a value that flows to the end of the run,
//! and the codes that say why.

mod of_bundle;

use std::fmt;

pub use of_bundle::Problem;

/// Makes a closed list of codes, in which each stands once: its name, its word, what it says. Written
/// and read back as its word.
macro_rules! codes {
    ($(#[$about:meta])* $list:ident: $($name:ident $word:literal $meaning:literal,)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $(#[doc = $meaning] $name,)*
        }

        impl $list {
            /// Every code, as it is written and with what it says, in the order of reports.
            pub const ALL: &[(Self, &'static str, &'static str)] =
                &[$((Self::$name, $word, $meaning),)*];

            /// The code as it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What it says.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }

            /// The code that is written so.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $list {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $list {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(from)?;
                let found = Self::named(&word);
                found.ok_or_else(|| serde::de::Error::custom(format!("`{word}` is no such code")))
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// Why a verdict is what it is, or what a reader should know beside it: the one closed list of
    /// codes that `reason` begins with and `notes` holds.
    Code:
    ConfigzSetsIt "configz-sets-it" "configz shows the value",
    ArgumentSetsIt "argument-sets-it" "an argument of the process sets the value",
    EnvironmentSetsIt "environment-sets-it" "a variable of the environment of the process sets the value",
    EnvironmentNotCollected "environment-not-collected" "the component reads its environment, which is not in the bundle",
    ManifestAlone "manifest-alone" "nothing shows the process: the manifest of a static pod says what will run",
    DropInSetsIt "drop-in-sets-it" "a drop-in configuration file sets the value",
    ConfigFileSetsIt "config-file-sets-it" "the configuration file sets the value",
    DefaultApplies "default-applies" "nothing sets the value, so the default of the version and start-up mode applies",
    ComponentNotSeen "component-not-seen" "the evidence neither shows the component nor proves that it is not on the node",
    ComponentNotOnNode "component-not-on-node" "the evidence proves that the component is not on the node: a whole process list and the file metadata, or what stands in its place",
    EmbeddedComponent "embedded-component" "the component runs inside another program, whose arguments are not its own",
    FileNotTiedToProcess "file-not-tied-to-process" "a configuration file is there, and no process that reads it",
    AmbiguousNode "ambiguous-node" "the evidence lies beside that of several machines, and nothing shows whose it is",
    FileNotCollected "file-not-collected" "a file or folder that the process names is not in the bundle",
    ConfigFileMissing "config-file-missing" "a file or folder that the process names is not on the node",
    ConfigFileUnparseable "config-file-unparseable" "a configuration file is neither YAML nor JSON, or its bytes cannot be read",
    ArgumentsCutOff "arguments-cut-off" "the end of the argument line is missing, or may be",
    ContradictoryEvidence "contradictory-evidence" "two captures of one process contradict each other",
    ValueRedacted "value-redacted" "the deciding value is masked in the bundle",
    WouldNotStart "would-not-start" "the component would refuse what the evidence shows, so it does not show what runs",
    VersionUnknown "version-unknown" "the value depends on a version that the evidence does not show",
    DefaultUnknown "default-unknown" "nothing sets the value, and no source says what the default is",
    DynamicConfig "dynamic-config" "the API may assign the kubelet a configuration in place of its file, and nothing shows it",
    RestartPending "restart-pending" "a deciding file changed after the process started",
    ConfigzUnreadable "configz-unreadable" "the configz reply cannot be read",
    ConfigzIncomplete "configz-incomplete" "the configz reply lacks what a kubelet always shows",
    ConfigzAmbiguous "configz-ambiguous" "several configz replies, or one that gives a key twice, contradict each other",
    ConfigzRefused "configz-refused" "configz was asked for and not handed out, so what is on disk decides",
    ChecksumMismatch "checksum-mismatch" "a member read for the verdict does not match SHA256SUMS or the digest that the file metadata has of it, or the bundle is not as the index of its pack says",
    SignatureBad "signature-bad" "the signature of the bundle is not of its checksums, or cannot be read",
    SignerUnknown "signer-unknown" "a good signature is required, and nobody who is known made that of the bundle",
    NotSigned "not-signed" "a good signature is required, and the bundle has none",
    MetadataContradicts "metadata-contradicts" "the file metadata contradicts what the bundle holds of a file",
    DuplicateMember "duplicate-member" "a member read for the verdict stands in the bundle more than once",
    TooMuchEvidence "too-much-evidence" "evidence is more than a limit on hostile input takes in",
    SeveralProcesses "several-processes" "several processes of the component run on the node",
    NoRuleDecides "no-rule-decides" "the benchmark asks a person, and no rule decides it",
    Drift "drift" "what runs and what is written down differ",
    CapturesDisagreeInTime "captures-disagree-in-time" "what runs and what is written down differ, and were captured at different times",
    NextStartFails "next-start-fails" "the running value is certain, and the next start will fail",
    FlagDeprecated "flag-deprecated" "the value is set by a deprecated flag",
    UnknownFlag "unknown-flag" "the argument line has a flag that no version of the component has",
    NoProcessEvidence "no-process-evidence" "configz alone decides; nothing on disk was collected",
    BenchmarkApproximate "benchmark-approximate" "the version is newer than any the benchmarks name; the newest was taken",
    BenchmarkAssumed "benchmark-assumed" "the evidence shows no platform or version; the newest benchmark was taken",
    NothingRecognised "nothing-recognised" "nothing in the bundle is evidence that a rule reads",
    FileMetadataShows "file-metadata-shows" "the file's metadata decides",
    UnitShows "unit-shows" "a unit's properties decide",
    ObjectsShow "objects-show" "objects of the API decide",
    ObjectsNotCollected "objects-not-collected" "a list of API objects is not in the bundle, or was refused",
    ObjectsIncomplete "objects-incomplete" "a list of API objects is not whole, or part of an object is masked",
    ObjectsUnreadable "objects-unreadable" "a list of API objects cannot be read",
    NoAdmissionPolicy "no-admission-policy" "no pod does it, and nothing that is known keeps one from doing it",
    OffendersCut "offenders-cut" "more objects offend than are named; --limit offenders=N names more",
    DistributionDefault "distribution-default" "the distribution ships it, recognised by content, so it does not fail alone",
    FileNotOnNode "file-not-on-node" "the file is not on the node, or the node has no such file by design",
    DefaultUnwanted "default-unwanted" "nobody set the value, and the default in force is the unwanted one",
    PublisherSkips "publisher-skips" "the publisher's own profile does not judge this control",
    PlannedDiffers "planned-differs" "the unit or the manifest of the process plans another value for the next start",
    AuditHolds "audit-holds" "the tests of kube-bench's own check hold on the evidence",
    AuditFails "audit-fails" "the tests of kube-bench's own check do not hold, or its script does not end well",
    AuditNotUnderstood "audit-not-understood" "the script of the check has a construct that is not interpreted",
    AuditLacksEvidence "audit-lacks-evidence" "the script of the check reads what is not in the bundle",
    ByTheTextOnly "by-the-text-only" "no rule is about it: the verdict is that of kube-bench's own check, to the letter",
    VersionAssumed "version-assumed" "the version of the component is not shown; the kubelet's explains, and every other gives this verdict",
    NotOnThisSystem "not-on-this-system" "the operating system of the node has nothing that the rule is about",
    Attested "attested" "a person answered where no evidence decides",
    WaiverExpired "waiver-expired" "a waiver or attestation that was for this finding has expired",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
