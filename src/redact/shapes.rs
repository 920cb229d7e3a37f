//! Secrets that show by their form, wherever they stand.

use super::REDACTED;
use super::masker::Masker;
use super::names::{Kind, has};
use super::pattern::MaskPattern;

static LOGIN_MAY_BE: MaskPattern = MaskPattern::of(":.*@|//.*@");
static LOGIN: MaskPattern = MaskPattern::of("[A-Za-z0-9._%+-]+:[^ \t\"/,@']+@");
static DIGEST: MaskPattern = MaskPattern::of("^sha[0-9]+:");
static PEM: MaskPattern = MaskPattern::of("LS0tLS1CRUdJTi[A-Za-z0-9+/=]*");
static HOOK_HOST: MaskPattern = MaskPattern::of(
    "https?://[^ \t\"<>'/]*(hooks?[.]|webhook|logic[.]azure|telegram[.]org/bot|pagerduty)[^ \t\"<>']*",
);
static HOOK_HOST_SHOWN: MaskPattern = MaskPattern::of("https?://[^/ \t\"']*/?");
static HOOK_PATH: MaskPattern =
    MaskPattern::of("https?://[^ \t\"<>']*(/web-?hooks?/|/hooks?/)[^ \t\"<>']+");
static HOOK_PATH_SHOWN: MaskPattern = MaskPattern::of("https?://[^/ \t\"']*/");
static QUERY: MaskPattern = MaskPattern::of(
    "([?&;]|u0026)[A-Za-z0-9_.%-]*([Kk]ey|[Cc]ode|[Ss]ig|[Ss]ignature|[Cc]redential|[Tt]oken|[Aa]uth|[Pp]wd|[Pp]ass)=[^&# \\\\\t\"<>']+",
);
static QUERY_SHOWN: MaskPattern = MaskPattern::of("([?&;]|u0026)[^=]*=");
static PRINTED_MAY_BE: MaskPattern = MaskPattern::of("(echo|printf)[ \t].*[|]");
static PRINTED: MaskPattern = MaskPattern::of("(echo|printf)[ \t]+[^|]*[^| \t][ \t]*[|]");
static PRINTED_SHOWN: MaskPattern = MaskPattern::of("(echo|printf)[ \t]+");
static FED: MaskPattern = MaskPattern::of("<<<[ \t]*[^ \t]+");
static FED_SHOWN: MaskPattern = MaskPattern::of("<<<[ \t]*");
static BEARER_MAY_BE: MaskPattern = MaskPattern::of("[Bb](earer|asic)[ \t]");
static BEARER: MaskPattern = MaskPattern::of("[Bb](earer|asic)[ \t]+[A-Za-z0-9._~+/=-]{6,}");
static BEARER_SHOWN: MaskPattern = MaskPattern::of("[A-Za-z]+[ \t]+");
static BOOTSTRAP: MaskPattern = MaskPattern::of("[a-z0-9]{6}[.][a-z0-9]{16}");
static BOOTSTRAP_GOES_ON: MaskPattern = MaskPattern::of("^([A-Za-z0-9_-]|[.][A-Za-z0-9])");
static NEXT_URL: MaskPattern = MaskPattern::of(",[A-Za-z][A-Za-z0-9+.-]*://");
static URL_END: MaskPattern = MaskPattern::of("[ \t\"<>\\\\']");

/// A token of a service that begins with a sign of its own. What stands in front of it is no part of
/// a word.
struct KnownToken {
    sign: &'static str,
    form: MaskPattern,
    kind: Kind,
}

macro_rules! known {
    ($($sign:literal $form:literal $kind:literal,)*) => {
        [$(KnownToken {
            sign: $sign,
            form: MaskPattern::of(concat!("(?:^|[^A-Za-z0-9])(", $form, ")")),
            kind: $kind,
        },)*]
    };
}

static KNOWN: [KnownToken; 45] = known![
    "eyJ" "eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_+/=-]*(?:[.][A-Za-z0-9_-]*)*" "token",
    "K10" "K10[0-9a-f][0-9a-f]+::[^ \t\",]+" "token",
    "AKIA" "AKIA[A-Za-z0-9]{16}" "credential",
    "ASIA" "ASIA[A-Za-z0-9]{16}" "credential",
    "AROA" "AROA[A-Za-z0-9]{16}" "credential",
    "gh" "gh[pousr]_[A-Za-z0-9_-]{16,}" "token",
    "github_pat_" "github_pat_[A-Za-z0-9_-]{8,}" "token",
    "gl" "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_-]{8}[A-Za-z0-9_.-]*" "token",
    "glsa_" "glsa_[A-Za-z0-9_-]{8,}" "token",
    "glc_" "glc_[A-Za-z0-9_-]{8}[A-Za-z0-9_=+/-]*" "token",
    "xox" "xox[a-z]-[A-Za-z0-9_-]{8,}" "token",
    "xapp-" "xapp-[A-Za-z0-9_-]{8,}" "token",
    "AIza" "AIza[A-Za-z0-9_-]{16,}" "token",
    "ya29." "ya29[.][A-Za-z0-9_-]{8,}" "token",
    "GOCSPX-" "GOCSPX-[A-Za-z0-9_-]{8,}" "token",
    "hv" "hv[sbr][.][A-Za-z0-9_-]{8}[A-Za-z0-9_.-]*" "token",
    "s." "s[.][A-Za-z0-9]{24}" "token",
    "b.AAAA" "b[.]AAAA[A-Za-z0-9_-]*" "token",
    "sk-" "sk-[A-Za-z0-9_-]{16,}" "token",
    "k_live_" "[a-z]k_live_[A-Za-z0-9_-]{8,}" "token",
    "k_test_" "[a-z]k_test_[A-Za-z0-9_-]{8,}" "token",
    "whsec_" "whsec_[A-Za-z0-9_-]{8}[A-Za-z0-9_+/=-]*" "token",
    "npm_" "npm_[A-Za-z0-9_-]{16,}" "token",
    "pypi-" "pypi-[A-Za-z0-9_-]{16,}" "token",
    "_v1_" "do[por]_v1_[A-Za-z0-9_-]{8,}" "token",
    "SG." "SG[.][A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]{8,}" "token",
    "shp" "shp(?:at|ca|pa|ss)_[A-Za-z0-9_-]{8,}" "token",
    "dckr_" "dckr_(?:pat|oat)_[A-Za-z0-9_-]{8,}" "token",
    "hf_" "hf_[A-Za-z0-9_-]{16,}" "token",
    "tskey-" "tskey-[A-Za-z0-9_-]{8,}" "token",
    "dapi" "dapi[0-9a-f]{32}[A-Za-z0-9_-]*" "token",
    "atlasv1" "[A-Za-z0-9]{15,}[.]atlasv1[.][A-Za-z0-9_-]{8,}" "token",
    "ATATT3" "ATATT3[A-Za-z0-9_-]{16}[A-Za-z0-9_=-]*" "token",
    "NRAK-" "NRAK-[A-Za-z0-9_-]{8,}" "token",
    "lin_api_" "lin_api_[A-Za-z0-9_-]{8,}" "token",
    "PMAK-" "PMAK-[A-Za-z0-9_-]{8,}" "token",
    "sntry" "sntry[a-z]_[A-Za-z0-9_-]{8}[A-Za-z0-9_+/=-]*" "token",
    "AGE-SECRET-KEY-" "AGE-SECRET-KEY-1[0-9A-Z]+" "private-key",
    "b3BlbnNzaC1rZXktdjE" "b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]*" "private-key",
    ":AA" "[0-9]{8,}:AA[A-Za-z0-9_-]{28,}" "token",
    "$1" "[$]1[$][^ \t\"':,\\\\]+" "password-hash",
    "$2" "[$]2[abxy]?[$][^ \t\"':,\\\\]+" "password-hash",
    "$" "[$](?:5|6|7|y|gy|md5|sha1|apr1)[$][^ \t\"':,\\\\]+" "password-hash",
    "$argon2" "[$]argon2[id]*[$][^ \t\"':,\\\\]+" "password-hash",
    "$" "[$](?:scrypt|pbkdf2[a-z0-9-]*)[$][^ \t\"':,\\\\]+" "password-hash",
];

impl Masker<'_> {
    /// A text without the secrets that show by their form.
    pub(super) fn shapes(&mut self, text: &[u8]) -> Vec<u8> {
        let mut s = text.to_vec();
        if s.contains(&b'@') && LOGIN_MAY_BE.is_in(&s) {
            s = self.urls(&s);
            s = self.logins(&s);
        }
        if has(&s, b"LS0tLS1CRUdJTi") {
            s = self.pem(&s);
        }
        if has(&s, b"://") {
            s = self.every(&s, &HOOK_HOST, &HOOK_HOST_SHOWN, "webhook", "");
            s = self.every(&s, &HOOK_PATH, &HOOK_PATH_SHOWN, "webhook", "");
            s = self.every(&s, &QUERY, &QUERY_SHOWN, "url-query", "");
        }
        if PRINTED_MAY_BE.is_in(&s) {
            s = self.every(&s, &PRINTED, &PRINTED_SHOWN, "password", " |");
        }
        if has(&s, b"<<<") {
            s = self.every(&s, &FED, &FED_SHOWN, "password", "");
        }
        if BEARER_MAY_BE.is_in(&s) {
            s = self.every(&s, &BEARER, &BEARER_SHOWN, "header", "");
        }
        for known in &KNOWN {
            if has(&s, known.sign.as_bytes()) {
                s = self.standing(&s, &known.form, known.kind);
            }
        }
        match s.contains(&b'.') {
            true => self.bootstrap(&s),
            false => s,
        }
    }

    /// Masks every match of a pattern but what `shown` matches at its start, and puts `tail` behind.
    fn every(
        &mut self,
        mut s: &[u8],
        pattern: &MaskPattern,
        shown: &MaskPattern,
        kind: Kind,
        tail: &str,
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        while let Some((start, end)) = pattern.find(s) {
            let found = &s[start..end];
            let shown = shown.at_start(found).unwrap_or(0);
            out.extend_from_slice(&s[..start + shown]);
            let secret = &found[shown..];
            if secret.starts_with(REDACTED.as_bytes()) {
                out.extend_from_slice(secret);
            } else if !secret.is_empty() {
                self.hit(kind, &mut out);
                out.extend_from_slice(tail.as_bytes());
            }
            s = &s[end..];
        }
        out.extend_from_slice(s);
        out
    }

    fn standing(&mut self, s: &[u8], form: &MaskPattern, kind: Kind) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut at = 0;
        while let Some((start, end)) = form.group_from(s, at) {
            out.extend_from_slice(&s[at..start]);
            self.hit(kind, &mut out);
            at = end;
        }
        out.extend_from_slice(&s[at..]);
        out
    }

    fn bootstrap(&mut self, s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut at = 0;
        while let Some((start, end)) = BOOTSTRAP.find_from(s, at) {
            let before = match start > at {
                true => s.get(start - 1),
                false => out.last(),
            };
            let is_word = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
            let goes_on = BOOTSTRAP_GOES_ON.is_in(&s[end..s.len().min(end + 2)]);
            if before.is_some_and(is_word) || goes_on {
                out.extend_from_slice(&s[at..=start]);
                at = start + 1;
            } else {
                out.extend_from_slice(&s[at..start]);
                self.hit("token", &mut out);
                at = end;
            }
        }
        out.extend_from_slice(&s[at..]);
        out
    }

    /// What stands between `://` and the last `@` of each URL of a list; passwords may hold any sign.
    fn urls(&mut self, mut s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut left = Self::most_keys(s.len());
        while let Some(at) = memchr::memmem::find(s, b"://") {
            if left == 0 {
                self.hit("line", &mut out);
                return out;
            }
            left -= 1;
            out.extend_from_slice(&s[..at + 3]);
            s = &s[at + 3..];
            let end = URL_END.find(s).map_or(s.len(), |(start, _)| start);
            let mut url = &s[..end];
            if let Some((start, _)) = NEXT_URL.find(url) {
                url = &url[..start];
            }
            let Some(at) = url.iter().rposition(|b| *b == b'@').filter(|at| *at > 0) else {
                continue;
            };
            if &url[..at] != REDACTED.as_bytes() && !DIGEST.is_in(&url[at + 1..]) {
                self.hit("url-userinfo", &mut out);
                s = &s[at..];
            }
        }
        out.extend_from_slice(s);
        out
    }

    /// `user:password@host` without a scheme. An image has a digest there.
    fn logins(&mut self, mut s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        while let Some((start, end)) = LOGIN.find(s) {
            out.extend_from_slice(&s[..start]);
            let found = &s[start..end];
            s = &s[end..];
            if DIGEST.is_in(s) || found.starts_with(b"system:") {
                out.extend_from_slice(found);
            } else {
                self.hit("url-userinfo", &mut out);
                out.push(b'@');
            }
        }
        out.extend_from_slice(s);
        out
    }

    /// Base64 of a PEM block that is no certificate.
    fn pem(&mut self, mut s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        while let Some((start, end)) = PEM.find(s) {
            out.extend_from_slice(&s[..start]);
            let found = &s[start..end];
            match found.get(14..20) == Some(b"BDRVJU") {
                true => out.extend_from_slice(found),
                false => self.hit("private-key", &mut out),
            }
            s = &s[end..];
        }
        out.extend_from_slice(s);
        out
    }
}
