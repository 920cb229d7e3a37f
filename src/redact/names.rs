//! What kind of secret a key, an argument or a variable of some name holds, and which values are
//! none under any name. The same as in `redact` of collect-node.sh.

use super::REDACTED;
use super::pattern::MaskPattern;

/// What was masked, as `redactions` in bundle.json call it.
pub type Kind = &'static str;

/// Words before `key` in the name of one.
const KEY_OF: &str = "(access|secret|api|account|shared|storage|encryption|certificate|signing|etcd|client|server|master|auth|app|application|hmac|aes|enc|crypt|crypto|wireguard|session|license|licence|subscription|service|admin|root|deploy|bot|webhook|ssh|private|ingest|integration|pre|tsig|rndc|host|user|write|read|db|database|backup|vault|cipher|unseal|recovery)";

static PRIVATE_KEY: MaskPattern = MaskPattern::of("privatekey(data|pem|base)?$");
static HEADER: MaskPattern = MaskPattern::of("urlheader$|^(http|extra|custom|proxy)?headers?$");
static USER: MaskPattern = MaskPattern::of("^(proxy|http|ftp|curl)?user(name)?$|^userspec$");
static SPEAKS_OF: MaskPattern = MaskPattern::of(
    "(files?|filename|paths?|dirs?|directory|folder|names?|refs?|modes?|types?|ttl|timeout|expiration|expirationseconds|expiry|lifetime|age|versions?|webhook|enabled|syncs|controllers?|providers?|plugins?|config|issuers?|audiences?|length|size|count|policy|affinity|volumes?|namespace)$",
);
static CHAT: MaskPattern = MaskPattern::of(
    "(slack|teams|discord|mattermost|alert|notify|notification|chat)[a-z]*webhook$",
);
static HOOK: MaskPattern = MaskPattern::of("webhookur[il]$|hookur[il]$");
static PASSWORD: MaskPattern =
    MaskPattern::of("passw|passphrase|passcode|^pw|(pwd|pass|pw|psk)$|^pwd");
static BYPASS: MaskPattern = MaskPattern::of("(by|com|sur|tres)pass$");
static PASS_WORD: MaskPattern = MaskPattern::of("_(pwd|pass|pw|psk)_");
static PASS_ENV: MaskPattern = MaskPattern::of("_pass_(env|environment|through)_");
static TOKEN: MaskPattern = MaskPattern::of("token|tkn$|jwt|bearer");
static CREDENTIAL: MaskPattern = MaskPattern::of(
    "cred(s|entials?)?$|credential|session(id|data)?$|signature$|^sig$|connectionstring|connstr|dsn$|vpnauth$|^(auth|authstr|basicauth|userpass|htpasswd|pat|otp|totp|seed|salt|mnemonic|sas|sasl)$|accesskeyid$",
);
static CREDENTIAL_WORD: MaskPattern = MaskPattern::of(
    "_(creds?|session|sig|jwt|sas|pat|otp|totp|seed|auth_(header|string|key|value|data))_",
);
static AUTH_WORD: MaskPattern = MaskPattern::of("_auth_$");
static AUTH_MODE: MaskPattern = MaskPattern::of("_(anonymous|cert|client)_auth_$");

/// What kind of secret this name holds.
pub(super) fn secret(name: &[u8]) -> Option<Kind> {
    if name == b"Authorization" || name == b"Proxy-Authorization" {
        return Some("header");
    }
    let mut plain: Vec<u8> = name
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    while plain.last().is_some_and(u8::is_ascii_digit) {
        plain.pop();
    }
    by_name(&plain, &words_of(name))
}

/// The words of a name, each between two underscores: `dbPwd2_prod` is `_db_pwd_prod_`.
fn words_of(name: &[u8]) -> Vec<u8> {
    let mut out = vec![b'_'];
    let mut before = b'_';
    for byte in name.iter().copied() {
        let is_next =
            byte.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if (is_next || !byte.is_ascii_alphabetic()) && out.last() != Some(&b'_') {
            out.push(b'_');
        }
        if byte.is_ascii_alphabetic() {
            out.push(byte.to_ascii_lowercase());
        }
        before = byte;
    }
    if out.last() != Some(&b'_') {
        out.push(b'_');
    }
    out
}

fn by_name(name: &[u8], words: &[u8]) -> Option<Kind> {
    if name.ends_with(b"clientkeydata") {
        return Some("client-key-data");
    }
    if PRIVATE_KEY.is_in(name) {
        return Some("private-key");
    }
    if HEADER.is_in(name) {
        return Some("header");
    }
    if name.ends_with(b"datastoreendpoint") {
        return Some("datastore-endpoint");
    }
    if name == b"authprovider" {
        return Some("auth-provider");
    }
    if USER.is_in(name) {
        return Some("user");
    }
    // What only speaks of a secret: its file, its age, who checks it.
    if SPEAKS_OF.is_in(name) {
        return CHAT.is_in(name).then_some("webhook");
    }
    if HOOK.is_in(name) {
        return Some("webhook");
    }
    let is_password = PASSWORD.is_in(name) && !BYPASS.is_in(name);
    if is_password || PASS_WORD.is_in(words) && !PASS_ENV.is_in(words) {
        return Some("password");
    }
    if TOKEN.is_in(name) {
        return Some("token");
    }
    if has(name, b"secret") {
        return Some("secret");
    }
    if has(name, b"cookie") {
        return Some("header");
    }
    let is_auth = AUTH_WORD.is_in(words) && !AUTH_MODE.is_in(words);
    if CREDENTIAL.is_in(name) || CREDENTIAL_WORD.is_in(words) || is_auth {
        return Some("credential");
    }
    (is_key(name, words)).then_some("key")
}

fn is_key(name: &[u8], words: &[u8]) -> bool {
    if name == b"keydata" || name == b"keybase" {
        return true;
    }
    let ends = ["", "data", "base", "pem"];
    let of_name = ends.iter().any(|end| {
        let before = name
            .strip_suffix(end.as_bytes())
            .and_then(|name| name.strip_suffix(b"key"));
        before.is_some_and(|before| owners().any(|owner| before.ends_with(owner)))
    });
    of_name
        || owners().any(|owner| {
            let owned = |between: &[u8]| has(words, &[b"_", owner, between, b"key_"].concat());
            owned(b"") || owned(b"_")
        })
}

fn owners() -> impl Iterator<Item = &'static [u8]> {
    KEY_OF
        .trim_matches(['(', ')'])
        .split('|')
        .map(str::as_bytes)
}

/// Whether a text holds another.
pub(super) fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

static REMARK: MaskPattern = MaskPattern::of("[ \t]#.*$");
static KEY_PATH: MaskPattern = MaskPattern::of(
    "^(file:)?/(etc|var|opt|run|home|usr|root|srv|data|tmp|snap|mnt|app|config|secrets|pki|certs|k8s|kubernetes|system|proc)/[A-Za-z0-9._/@-]+$",
);
static KEY_FILE: MaskPattern = MaskPattern::of("^[A-Za-z0-9._-]+[.](key|pem)$");
static PATH: MaskPattern = MaskPattern::of("^/[A-Za-z0-9._/-]*$");
static WEB: MaskPattern = MaskPattern::of("^https?:");
static LOGIN: MaskPattern = MaskPattern::of("^[^:/]+:.");
static ACCOUNT: MaskPattern = MaskPattern::of("^(system|arn|urn|oidc|svc):");
static NUMBERS: MaskPattern = MaskPattern::of("^[0-9]+:[0-9]+$");

/// Nothing, a boolean, masked already, a key in a file, a user without a password: evidence worth
/// keeping.
pub(super) fn harmless(value: &[u8], kind: Kind) -> bool {
    let end = REMARK.find(value).map_or(value.len(), |(start, _)| start);
    let value: Vec<u8> = value[..end]
        .iter()
        .copied()
        .filter(|b| !b"\\\"' \t\r".contains(b))
        .collect();
    let words: [&[u8]; 10] = [
        b"true", b"false", b"null", b"yes", b"no", b"on", b"off", b"0", b"1", b"~",
    ];
    if value.is_empty()
        || value == REDACTED.as_bytes()
        || words.contains(&&*value.to_ascii_lowercase())
    {
        return true;
    }
    match kind {
        "key" => KEY_PATH.is_in(&value) || KEY_FILE.is_in(&value),
        "short" => PATH.is_in(&value) || WEB.is_in(&value),
        "user" => !LOGIN.is_in(&value) || ACCOUNT.is_in(&value) || NUMBERS.is_in(&value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_names_is_sound() {
        for pattern in [
            &PRIVATE_KEY,
            &HEADER,
            &USER,
            &SPEAKS_OF,
            &CHAT,
            &HOOK,
            &PASSWORD,
            &BYPASS,
            &PASS_WORD,
            &PASS_ENV,
            &TOKEN,
            &CREDENTIAL,
            &CREDENTIAL_WORD,
            &AUTH_WORD,
            &AUTH_MODE,
            &REMARK,
            &KEY_PATH,
            &KEY_FILE,
            &PATH,
            &WEB,
            &LOGIN,
            &ACCOUNT,
            &NUMBERS,
        ] {
            assert!(pattern.is_sound());
        }
    }

    #[test]
    fn names_say_what_they_hold() {
        for (name, kind) in [
            ("client-key-data", Some("client-key-data")),
            ("aadClientSecret", Some("secret")),
            ("initial-cluster-token", Some("token")),
            ("dbPwd2_prod", Some("password")),
            ("registry_pass", Some("password")),
            ("tokenFile", None),
            ("tls-private-key-file", None),
            ("anonymous-auth", None),
            ("client-cert-auth", None),
            ("bypass", None),
            ("authentication-token-webhook", None),
            ("slackWebhook", Some("webhook")),
            ("AWS_SECRET_ACCESS_KEY", Some("secret")),
            ("accessKeyId", Some("credential")),
            ("storageKey", Some("key")),
            ("etcd_key_2", Some("key")),
            ("node-labels", None),
        ] {
            assert_eq!(secret(name.as_bytes()), kind, "{name}");
        }
    }
}
