//! How a member is masked: by its path, its kind, and what stands in it.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{Kind, has};
use super::pattern::MaskPattern;
use super::{Clean, MaskForm, REDACTED, clean};
use crate::evidence::kind::Kind as Evidence;
use crate::evidence::layout;
use crate::evidence::{document, yaml_or_json};
use crate::limits::Limits;

/// What is known of a bundle before its members are masked.
#[derive(Debug, Default)]
pub struct KnownSecrets {
    /// Ids of the components' processes.
    pub pids: Vec<u32>,
    /// Files of variables that units name.
    pub variables: BTreeSet<String>,
}

/// A member that is masked.
#[derive(Debug, PartialEq, Eq)]
pub struct Masked {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How often what was masked.
    pub counts: BTreeMap<Kind, u64>,
    /// Why nobody can be sure of it.
    pub unsure: Option<&'static str>,
}

impl Masked {
    /// All of it is masked.
    #[must_use]
    pub fn whole(kind: Kind) -> Self {
        Self {
            bytes: format!("{REDACTED}\n").into_bytes(),
            counts: BTreeMap::from([(kind, 1)]),
            unsure: None,
        }
    }
}

static UNIT_NAMES: MaskPattern = MaskPattern::of("(?m)^[ \t]*EnvironmentFile=-?(/[^*?%\\[\n]*)$");
static KEY_BLOCK: MaskPattern = MaskPattern::of(
    "(?m)PRIVATE KEY-----|PRIVATE KEY BLOCK-----|^---- BEGIN .*PRIVATE KEY|^PuTTY-User-Key-File",
);
static KEY_NAME: MaskPattern = MaskPattern::of(
    "([.]key|key[.]pem|/kubelet-(client|server)-[^/]*[.]pem|[.]p12|[.]pfx|/id_(rsa|ecdsa|ed25519))$",
);
static DENIED: MaskPattern = MaskPattern::of(
    "/g?shadow([-.~_].*)?$|/[.]shadow[^/]*$|/opasswd[^/]*$|/master[.]passwd$|/sudoers$|/sudoers[.]d/|/[.]ssh/|^/etc/ssh/|/ssh_host_|/id_(rsa|dsa|ecdsa|ed25519)|/[.]gnupg/|[.](ppk|gpg|pgp)$|/[.](aws|azure|docker)/|/[.]config/(gcloud|rclone)/|/[.](dockercfg|netrc|pgpass|my[.]cnf|git-credentials|npmrc|pypirc|vault-token|htpasswd)$|/htpasswd$|_history$|/[.]terraform[.]d/|[.](keytab|jks|keystore|kdbx)$|/system-connections/|/(wireguard|openvpn|swanctl|krb5kdc)/|/ppp/.*secrets$|/ipsec[.]secrets$|/wpa_supplicant[^/]*[.]conf$|/serviceaccount/token$|/kubernetes[.]io~secret/|/(token|node-token|agent-token|server-token|tokens[.]csv|known_tokens[.]csv|basic_auth[.]csv)$|/cred/passwd$|/node/password$",
);
static UNIT_PATH: MaskPattern = MaskPattern::of("[.]service$|[.]service[.]d/[^/]*[.]conf$");
static PLAIN_PATH: MaskPattern = MaskPattern::of("/os-release$|^/proc/|^/sys/");
static ENV_PATH: MaskPattern = MaskPattern::of("^/etc/(default|sysconfig)/|[.]env$|/environment$");
static CNI_PATH: MaskPattern = MaskPattern::of("/cni/.*[.]conf(list)?$");
static SECTION: MaskPattern = MaskPattern::of("^\\[(Unit|Service|Install)\\]");
static NO_VARIABLES: MaskPattern = MaskPattern::of("^-|:[ \t].*=");
static ASSIGNMENT: MaskPattern =
    MaskPattern::of("(?m)^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=");
static NO_TEXT_LINE: MaskPattern = MaskPattern::of("^[ \t]*([#;].*)?\r?$");

impl KnownSecrets {
    /// Takes in what a member says of the others.
    pub fn look(&mut self, name: &str, text: &[u8]) {
        if let Some(pid) = name
            .rsplit_once("proc/")
            .and_then(|(_, rest)| rest.split_once('/'))
            && pid.1 == "cmdline"
            && let Ok(pid) = pid.0.parse()
        {
            self.pids.push(pid);
        }
        let mut from = 0;
        while let Some((start, end)) = UNIT_NAMES.group_from(text, from) {
            let path = String::from_utf8_lossy(&text[start..end]);
            self.variables.insert(path.trim().to_owned());
            from = end;
        }
    }
}

/// Masks a member by its name below the top folder.
#[must_use]
pub fn member(name: &str, text: &[u8], known: &KnownSecrets, limits: &Limits) -> Masked {
    let path = layout::node_path(name).unwrap_or_else(|| format!("/{name}"));
    if DENIED.is_in(path.as_bytes()) {
        return Masked::whole("secret-file");
    }
    let kind = layout::classify(name, text.get(..HEAD.min(text.len())).unwrap_or_default());
    let form = form_of(&kind, &path, text, known);
    let holds_nul = matches!(form, MaskForm::Args | MaskForm::Variables);
    if KEY_NAME.is_in(path.as_bytes()) || !holds_nul && KEY_BLOCK.is_in(text) {
        return Masked::whole("private-key");
    }
    if text.contains(&0) && !holds_nul {
        return Masked::whole("no-text");
    }
    if matches!(kind, Evidence::Metadata | Evidence::PrintedMetadata) {
        return paths(text);
    }
    let Some(Clean { bytes, counts }) = clean(form, text, &known.pids) else {
        return Masked::whole("no-text");
    };
    let has_long = counts.contains_key("line") && form != MaskForm::Env;
    let unsure = if has_long {
        Some("has a line that is too long to be read")
    } else {
        (form == MaskForm::Text && !is_settled(&path, text, limits))
            .then_some("is free text: only what shows by its name or form is masked")
    };
    Masked {
        bytes,
        counts,
        unsure,
    }
}

/// As much of a member as its kind shows in.
const HEAD: usize = 64 << 10;

/// Paths are shown as they are: a changed one would be another file.
fn paths(text: &[u8]) -> Masked {
    let found = clean(MaskForm::Line, text, &[]).is_some_and(|clean| !clean.counts.is_empty());
    Masked {
        bytes: text.to_vec(),
        counts: BTreeMap::new(),
        unsure: found.then_some("has a path that looks like a secret, and is shown"),
    }
}

/// Whether a text is one whose every value stands under a name, or a single word.
fn is_settled(path: &str, text: &[u8], limits: &Limits) -> bool {
    let is_word = !text.trim_ascii().iter().any(u8::is_ascii_whitespace);
    is_word
        || PLAIN_PATH.is_in(path.as_bytes())
        || yaml_or_json::parse(text, limits).is_ok_and(|document| {
            matches!(
                document.root.value,
                document::Value::Map(_) | document::Value::List(_) | document::Value::Null
            )
        })
}

fn form_of(kind: &Evidence, path: &str, text: &[u8], known: &KnownSecrets) -> MaskForm {
    match kind {
        Evidence::CommandLine(_) => return MaskForm::Args,
        Evidence::Environment(_) => return MaskForm::Variables,
        Evidence::ProcessList => return MaskForm::Ps,
        Evidence::Units => return MaskForm::Show,
        Evidence::WorkingDirectory(_)
        | Evidence::Executable(_)
        | Evidence::StartedAt(_)
        | Evidence::ServiceState
        | Evidence::Journal
        | Evidence::KubeletJournal
        | Evidence::KubeletVersion
        | Evidence::ComponentVersion(_) => return MaskForm::Line,
        _ => {}
    }
    let first = text.iter().find(|b| !b" \t\r\n\xef\xbb\xbf".contains(b));
    let is_reply = matches!(
        kind,
        Evidence::Configz(_)
            | Evidence::ApiNodes
            | Evidence::ApiObjects(_)
            | Evidence::ServerVersion
    );
    match first {
        Some(b'{') if is_reply => return MaskForm::Api,
        Some(b'{') if CNI_PATH.is_in(path.as_bytes()) => return MaskForm::Cni,
        Some(b'{') => return MaskForm::Json,
        Some(b'[') if serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok() => {
            return MaskForm::Json;
        }
        _ => {}
    }
    let path_bytes = path.as_bytes();
    if UNIT_PATH.is_in(path_bytes) {
        return MaskForm::Unit;
    }
    if PLAIN_PATH.is_in(path_bytes) {
        return MaskForm::Text;
    }
    if ENV_PATH.is_in(path_bytes) || known.variables.contains(path) {
        return MaskForm::Env;
    }
    let head = text.get(..HEAD.min(text.len())).unwrap_or_default();
    let mut lines = head.split(|b| *b == b'\n');
    let line = lines
        .find(|line| !NO_TEXT_LINE.is_in(line))
        .unwrap_or_default();
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if SECTION.is_in(line) {
        return MaskForm::Unit;
    }
    let may_be = !NO_VARIABLES.is_in(line) && has(line, b"=");
    match may_be && ASSIGNMENT.is_in(head) {
        true => MaskForm::Env,
        false => MaskForm::Text,
    }
}
