//! JSON that the API gave, masked as collect-cluster.sh does. What is no whole document is masked as
//! JSON of files is.

use super::REDACTED;
use super::masker::Masker;
use super::names::{Kind, has};
use super::pattern::MaskPattern;

/// Names of secrets, and the same where one stands in front of a value.
macro_rules! secret {
    () => {
        "(passw[a-z]*|passphrase|pwd|pass|pw|psk|secret|token|creds?|credentials?|cookie|session|session[_-]?id|jwt|dsn|connection[_-]?string|(api|access|secret|account|auth|signing|encryption|private|etcd|master|ssh|license|shared|storage|app)[_-]?key|manifest-url-header|datastore-endpoint)[0-9]*"
    };
}

static NAME: MaskPattern = MaskPattern::of(concat!("(?i)", secret!(), "$"));
static ASSIGNED: MaskPattern =
    MaskPattern::of(concat!("(?i)", secret!(), "(=|: +|\\\\\" *[:,] *\\\\\")"));
static VALUE: MaskPattern = MaskPattern::of("^[^ ,;&|\\\\\"]+");
static VARIABLE: MaskPattern =
    MaskPattern::of("^[$]([A-Za-z_][A-Za-z0-9_]*|[(][A-Za-z0-9_.-]*[)]|[{][A-Za-z0-9_.-]*[}])$");
static LOGIN: MaskPattern = MaskPattern::of("^[^:/]+:.");
static ACCOUNT: MaskPattern = MaskPattern::of("^(system|arn|oidc):");
static APPLIED: MaskPattern = MaskPattern::of("last-applied|/applied$|/original$");
static PRIVATE_KEY: MaskPattern = MaskPattern::of("-----BEGIN [A-Z ]*PRIVATE KEY");
static FLAG: MaskPattern = MaskPattern::of("^--?[A-Za-z]");
static SHORT: MaskPattern = MaskPattern::of("^-[pPwW]$");
static USER: MaskPattern = MaskPattern::of("^(-u|-U|--user|--proxy-user)$");
static PASSWORD: MaskPattern = MaskPattern::of("^-p[^=]");
static NO_PASSWORD: MaskPattern =
    MaskPattern::of("^-p(eer|re-|rint|rox|rofil|ort|od|ath|id|lugin|olicy|rogress|arallel|refix)");
static USER_IS: MaskPattern = MaskPattern::of("^--(proxy-)?user=[^:]+:.");
static USER_IS_ACCOUNT: MaskPattern = MaskPattern::of("=(system|arn|oidc):|=[0-9]+:[0-9]+$");
static PRINTED_MAY_BE: MaskPattern = MaskPattern::of("(?i)(echo|printf) .*[|]");
static PRINTED: MaskPattern = MaskPattern::of("(?i)(echo|printf) +");
static PRINTED_VALUE: MaskPattern = MaskPattern::of("^[^|]*[^| ] *[|]");
static QUERY: MaskPattern = MaskPattern::of(
    "(?i)([?&]|u0026)(sig|sas|key|code|auth|[a-z0-9_-]*(token|signature|credential))=",
);
static QUERY_VALUE: MaskPattern = MaskPattern::of("^[^ &#\\\\\"]+");
static SCHEME: MaskPattern = MaskPattern::of("://");
static LOGIN_IN_URL: MaskPattern = MaskPattern::of("^[^/?#@ \"\\\\]+@");
static BEARER: MaskPattern = MaskPattern::of("(?i)(bearer|basic) ");
static BEARER_VALUE: MaskPattern = MaskPattern::of("^[A-Za-z0-9._~+/-]{12,}=*");

/// A level of the document.
#[derive(Clone, Default)]
struct ApiLevel<'t> {
    key: &'t [u8],
    name: &'t [u8],
    is_list: bool,
    is_header: bool,
}

/// What the string before says of the next one.
#[derive(Default)]
struct Before {
    is_flag: bool,
    is_login: bool,
}

/// Levels that a document may have before it is given up.
const DEPTH: usize = 512;

impl Masker<'_> {
    /// A reply without its secrets; `None` where it is too deep to be followed.
    pub(super) fn api(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        match self.document(text) {
            Some(out) => Some(out),
            None => {
                self.counts.clear();
                self.json(text)
            }
        }
    }

    fn document(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        let mut levels = vec![ApiLevel::default()];
        let mut before = Before::default();
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.iter().position(|b| b"[]\"{},".contains(b)) {
            let sign = rest[at];
            out.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            if sign == b'"' {
                let end = super::masker::closing(rest, b'"')?;
                let string = &rest[1..end - 1];
                rest = &rest[end..];
                let is_key = rest.trim_ascii_start().first() == Some(&b':');
                out.push(b'"');
                if is_key {
                    levels.last_mut()?.key = string;
                    out.extend_from_slice(string);
                } else {
                    let shown = self.string(levels.last()?, &mut before, string);
                    out.extend_from_slice(&shown);
                }
                out.push(b'"');
                continue;
            }
            if matches!(sign, b'{' | b'[') {
                let outer = levels.last()?;
                let name = if outer.is_list { outer.name } else { outer.key };
                levels.push(ApiLevel {
                    key: b"",
                    name,
                    is_list: sign == b'[',
                    is_header: outer.is_header || name == b"staticPodURLHeader",
                });
                before.is_flag = false;
            } else if sign != b',' {
                let own = levels.pop()?;
                if own.is_list != (sign == b']') || levels.is_empty() {
                    return None;
                }
                before.is_flag = false;
            }
            if levels.len() > DEPTH {
                return None;
            }
            out.push(sign);
            rest = &rest[1..];
        }
        out.extend_from_slice(rest);
        (levels.len() == 1 && rest.trim_ascii().is_empty()).then_some(out)
    }

    fn marked(&mut self, before: &[u8], kind: Kind) -> Vec<u8> {
        self.behind(before, kind)
    }

    /// One string value, still escaped, in the light of its place.
    fn string(&mut self, level: &ApiLevel<'_>, before: &mut Before, s: &[u8]) -> Vec<u8> {
        let is_login = before.is_login && LOGIN.is_in(s) && !ACCOUNT.is_in(s);
        let is_bare = before.is_flag || is_login;
        *before = Before::default();
        if level.is_header {
            return self.marked(b"", "static-pod-url-header");
        }
        if is_nothing(s) {
            return s.to_vec();
        }
        match level.name {
            b"env" if level.key == b"value" => return self.marked(b"", "env-value"),
            b"httpHeaders" if level.key == b"value" => {
                return self.marked(b"", "httpHeaders-value");
            }
            b"annotations" if APPLIED.is_in(level.key) => {
                return self.marked(b"", "last-applied");
            }
            b"data" | b"stringData" if !level.is_list => return self.marked(b"", "credential"),
            _ => {}
        }
        if PRIVATE_KEY.is_in(s) {
            return self.marked(b"", "private-key");
        }
        if !level.is_list {
            if NAME.is_in(level.key) {
                return self.marked(b"", "secret-field");
            }
        } else if FLAG.is_in(s) {
            if let Some(shown) = self.flag(before, s) {
                return shown;
            }
        } else if is_bare {
            return self.marked(b"", "argument");
        }
        self.inside(s)
    }

    /// An argument of a list of them, where it holds a secret by its name.
    fn flag(&mut self, before: &mut Before, s: &[u8]) -> Option<Vec<u8>> {
        let at = s.iter().position(|b| *b == b'=');
        before.is_flag = at.is_none() && (NAME.is_in(s) || SHORT.is_in(s));
        before.is_login = at.is_none() && USER.is_in(s);
        if PASSWORD.is_in(s) && !NO_PASSWORD.is_in(s) {
            return Some(self.marked(b"-p", "argument"));
        }
        let at = at?;
        let is_login = USER_IS.is_in(s) && !USER_IS_ACCOUNT.is_in(s);
        let is_named = NAME.is_in(&s[..at]) && !is_nothing(&s[at + 1..]);
        (is_login || is_named).then(|| self.marked(&s[..=at], "argument"))
    }

    /// What a text holds by its form.
    fn inside(&mut self, s: &[u8]) -> Vec<u8> {
        let mut s = self.shapes(s);
        if !s.iter().any(|b| b"=:., ".contains(b)) {
            return s;
        }
        if PRINTED_MAY_BE.is_in(&s) {
            s = self.after(&s, &PRINTED, &PRINTED_VALUE, "assignment", b" |");
        }
        s = self.after(&s, &QUERY, &QUERY_VALUE, "url-query", b"");
        s = self.after(&s, &ASSIGNED, &VALUE, "assignment", b"");
        if !s.starts_with(b"docker-pullable:") && has(&s, b"://") {
            s = self.after(&s, &SCHEME, &LOGIN_IN_URL, "url-userinfo", b"@");
        }
        self.after(&s, &BEARER, &BEARER_VALUE, "token", b"")
    }

    /// Masks what `value` matches behind each match of `lead`, and puts `end` behind it.
    fn after(
        &mut self,
        mut s: &[u8],
        lead: &MaskPattern,
        value: &MaskPattern,
        kind: Kind,
        end: &[u8],
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        while let Some((_, at)) = lead.find(s) {
            out.extend_from_slice(&s[..at]);
            s = &s[at..];
            if let Some(length) = value.at_start(s)
                && !is_nothing(&s[..length])
                && !s.starts_with(REDACTED.as_bytes())
            {
                self.hit(kind, &mut out);
                out.extend_from_slice(end);
                s = &s[length..];
            }
        }
        out.extend_from_slice(s);
        out
    }
}

/// What stands for a value without being one: nothing, a boolean, a variable, a mask.
fn is_nothing(s: &[u8]) -> bool {
    s.is_empty()
        || s == REDACTED.as_bytes()
        || s.eq_ignore_ascii_case(b"true")
        || s.eq_ignore_ascii_case(b"false")
        || s.iter().all(|b| *b == b'*')
        || VARIABLE.is_in(s)
}
