//! What to do to get an answer where evidence gives none: which command to run, which right is
//! missing.

use crate::problem::Code;

/// What to do about a finding that is `unknown` or `error` for this reason; `None` for codes that
/// never stand alone before such a verdict.
pub(super) fn next_step(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::ComponentNotSeen => {
            "Run collect-node.sh as root on the node itself, not in a container: it takes the whole process list, which shows the component or proves that it is not there."
        }
        Code::EmbeddedComponent => {
            "Run collect-node.sh as root on the node, which takes the service's journal and arguments files, or collect-cluster.sh for the node's configz (it needs the right `get` on `nodes/proxy`)."
        }
        Code::FileNotTiedToProcess => {
            "Hand in the process list of the same node as well: run collect-node.sh as root, or add the output of `ps -efww` to the evidence."
        }
        Code::AmbiguousNode => {
            "Put the evidence of each node in a folder or an archive of its own, named after the node, and hand it in again."
        }
        Code::FileNotCollected => {
            "Run collect-node.sh as root on the node: it takes the files that the processes name, and the metadata of each. By hand, add the named file at its absolute path below `files/`."
        }
        Code::ConfigFileMissing => {
            "Find out why the process names a file that is not on the node; put it back, restart the component and collect again."
        }
        Code::ConfigFileUnparseable => {
            "Correct the file that the reason names, restart the component and collect again."
        }
        Code::AuditNotUnderstood => {
            "Run kube-bench on the node for this check; nothing of its script runs here."
        }
        Code::AuditLacksEvidence => {
            "Run collect-node.sh as root on the node, and add what the reason names at its absolute path below `files/`."
        }
        Code::ManifestAlone => {
            "Hand in the process list of the same node as well: run collect-node.sh as root, or add the output of `ps -efww` to the evidence."
        }
        Code::EnvironmentNotCollected => {
            "Run collect-node.sh as root on the node: it takes the variables of the process that are settings of it."
        }
        Code::ArgumentsCutOff => {
            "Run collect-node.sh as root, which takes /proc/PID/cmdline, or list the processes with `ps -efww` (two w), written to a file rather than a terminal."
        }
        Code::ValueRedacted => {
            "Hand in the value unmasked, or the node's configz: collect-cluster.sh takes it (it needs the right `get` on `nodes/proxy`)."
        }
        Code::WouldNotStart => {
            "Correct what the reason names, restart the component and collect again; where the component does run, hand in its configz too (collect-cluster.sh)."
        }
        Code::VersionUnknown => {
            "Hand in the version: collect-node.sh writes commands/kubelet-version.txt (`kubelet --version`), and collect-cluster.sh takes it from the API."
        }
        Code::DefaultUnknown => {
            "Set the value explicitly, or hand in the node's configz, which shows the default in force: collect-cluster.sh takes it."
        }
        Code::DynamicConfig => {
            "Hand in the node's configz, which shows what the API assigned: collect-cluster.sh takes it (it needs the right `get` on `nodes/proxy`)."
        }
        Code::RestartPending => {
            "Restart the component, so that it runs with what is written down, and collect again."
        }
        Code::ConfigzUnreadable | Code::ConfigzIncomplete | Code::ConfigzAmbiguous => {
            "Collect the node's configz again with collect-cluster.sh (it needs the right `get` on `nodes/proxy`), and hand in one whole reply per node."
        }
        Code::ChecksumMismatch => {
            "Copy the bundle again from where it was collected, or collect again; do not change members afterwards. If the copy gives the same, find out who changed it."
        }
        Code::SignatureBad => {
            "Ask the signer for the bundle as it was signed, or collect and sign again; if the copy gives the same, find out who changed it."
        }
        Code::SignerUnknown => {
            "Find out whose key it is, over a way that you trust, and add it to the allowed signers, or have a known signer sign the bundle."
        }
        Code::NotSigned => {
            "Collect again with `--sign KEY`, or have a known signer sign SHA256SUMS with `ssh-keygen -Y sign -n nodeproof`, or leave --require-signature out."
        }
        Code::DuplicateMember => "Find out who packed the member twice, and collect again.",
        Code::NothingRecognised => {
            "Hand in what a rule reads: a bundle of collect-node.sh, or at least `ps -efww`, the configuration files at their paths, and configz."
        }
        Code::FileNotOnNode => {
            "Run collect-node.sh as root on the node: its stat.tsv says for each path whether the file is there."
        }
        Code::SeveralProcesses => {
            "Find out which of the processes is the node's component, end the others, and collect again."
        }
        Code::ContradictoryEvidence => {
            "Find out which of the contradicting members was changed or is of another time, and collect all of them again in one run."
        }
        Code::MetadataContradicts => {
            "The file and its metadata in the bundle do not fit together: find out who changed one of them, and collect both again."
        }
        Code::TooMuchEvidence => {
            "Find out why the node runs so many, or raise the limit that the reason names with --limit, and analyze again."
        }
        Code::ObjectsShow
        | Code::ObjectsNotCollected
        | Code::ObjectsIncomplete
        | Code::ObjectsUnreadable => {
            "Run collect-cluster.sh with the right `list` on what the reason names, in all namespaces, unmasked and whole, and hand in its bundle."
        }
        Code::NoAdmissionPolicy => {
            "Label each namespace of users with `pod-security.kubernetes.io/enforce`, or show a person the policy engine that does the same, and collect the cluster again."
        }
        Code::ConfigzSetsIt
        | Code::ArgumentSetsIt
        | Code::EnvironmentSetsIt
        | Code::DropInSetsIt
        | Code::ConfigFileSetsIt
        | Code::DefaultApplies
        | Code::FileMetadataShows
        | Code::UnitShows => {
            "Run collect-node.sh as root on the node, and collect-cluster.sh for its configz: what was handed in does not say enough."
        }
        Code::ComponentNotOnNode
        | Code::NoRuleDecides
        | Code::OffendersCut
        | Code::DistributionDefault
        | Code::ConfigzRefused
        | Code::Drift
        | Code::CapturesDisagreeInTime
        | Code::NextStartFails
        | Code::FlagDeprecated
        | Code::UnknownFlag
        | Code::NoProcessEvidence
        | Code::BenchmarkApproximate
        | Code::BenchmarkAssumed
        | Code::AuditHolds
        | Code::AuditFails
        | Code::ByTheTextOnly
        | Code::DefaultUnwanted
        | Code::PublisherSkips
        | Code::PlannedDiffers
        | Code::VersionAssumed
        | Code::NotOnThisSystem
        | Code::Attested
        | Code::WaiverExpired => return None,
    })
}
