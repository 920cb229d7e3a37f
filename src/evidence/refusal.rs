//! What stands where configz was expected and is an answer all the same: that it was not handed
//! out. `kubectl get --raw`, curl and the proxies between leave a `Status`, a page, a line of text
//! or nothing at all.

use memchr::memmem;
use serde_json::Value;

use crate::bundle::encoding;

/// Why a kubelet's configz was not handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `403 Forbidden`
    pub what: String,
    /// What it means and what to do about it, as a phrase.
    pub next: &'static str,
}

const RIGHT: &str = "the right to get nodes/proxy is missing (of a kubelet of 1.33 or newer that is asked itself, nodes/configz is enough); grant it, and collect configz again";
const CREDENTIALS: &str = "the credentials were not accepted; ask with an account that has the right to get nodes/proxy (of a kubelet of 1.33 or newer that is asked itself, nodes/configz is enough)";
const NOT_THERE: &str = "there is no such node, or its kubelet does not serve configz; check the node's name, and collect configz again";
const NOT_REACHED: &str = "the kubelet was not reached; collect configz again when it is";
const NO_ANSWER: &str = "nobody answered as a kubelet does; collect configz again, with an account that has the right to get nodes/proxy (of a kubelet of 1.33 or newer that is asked itself, nodes/configz is enough)";

/// HTTP codes, as they are named, and what each means.
const CODES: [(u16, &str, &str); 10] = [
    (401, "Unauthorized", CREDENTIALS),
    (403, "Forbidden", RIGHT),
    (404, "Not Found", NOT_THERE),
    (408, "Request Timeout", NOT_REACHED),
    (429, "Too Many Requests", NOT_REACHED),
    (500, "Internal Server Error", NOT_REACHED),
    (501, "Not Implemented", NOT_THERE),
    (502, "Bad Gateway", NOT_REACHED),
    (503, "Service Unavailable", NOT_REACHED),
    (504, "Gateway Timeout", NOT_REACHED),
];

/// Words of programs that asked, in lower case, and what they say. The first that is found counts.
const WORDS: [(&str, &str, &str); 23] = [
    ("connection refused", "connection refused", NOT_REACHED),
    ("connection reset", "connection reset", NOT_REACHED),
    ("no route to host", "no route to the host", NOT_REACHED),
    ("timed out", "timed out", NOT_REACHED),
    ("timeout", "timed out", NOT_REACHED),
    ("deadline exceeded", "timed out", NOT_REACHED),
    ("no such host", "the host's name is not known", NOT_REACHED),
    (
        "could not resolve",
        "the host's name is not known",
        NOT_REACHED,
    ),
    ("couldn't connect", "no connection", NOT_REACHED),
    ("failed to connect", "no connection", NOT_REACHED),
    ("unable to connect", "no connection", NOT_REACHED),
    ("dial tcp", "no connection", NOT_REACHED),
    (
        "certificate",
        "the certificate was not accepted",
        CREDENTIALS,
    ),
    ("forbidden", "403 Forbidden", RIGHT),
    ("unauthorized", "401 Unauthorized", CREDENTIALS),
    ("must be logged in", "401 Unauthorized", CREDENTIALS),
    ("permission denied", "permission denied", RIGHT),
    ("notfound", "404 Not Found", NOT_THERE),
    ("not found", "404 Not Found", NOT_THERE),
    ("serviceunavailable", "503 Service Unavailable", NOT_REACHED),
    ("unavailable", "503 Service Unavailable", NOT_REACHED),
    ("bad gateway", "502 Bad Gateway", NOT_REACHED),
    ("internal error", "500 Internal Server Error", NOT_REACHED),
];

/// How the first line of a text begins, in lower case, that tells of a failure without such words.
const BEGINNINGS: [&str; 6] = [
    "error",
    "curl:",
    "wget:",
    "unable to",
    "get \"http",
    "the server",
];

/// A reply of a kubelet, however damaged, names one of these.
const OF_A_KUBELET: [&[u8]; 3] = [
    b"kubeletconfig",
    b"componentconfig",
    b"KubeletConfiguration",
];

/// An error message is a few lines.
const LONGEST: usize = 64 << 10;

impl Refusal {
    /// Reads what stands where configz was expected; `None` where it may be configz, whole or
    /// damaged.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > 2 * LONGEST {
            return None;
        }
        match encoding::from_utf_16(bytes) {
            Some(text) => Self::read_utf_8(&text),
            None => Self::read_utf_8(encoding::without_mark(bytes)),
        }
    }

    fn read_utf_8(bytes: &[u8]) -> Option<Self> {
        let is_kubelets = |key: &&[u8]| memmem::find(bytes, key).is_some();
        if bytes.len() > LONGEST || OF_A_KUBELET.iter().any(is_kubelets) {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?.trim();
        let is_odd = |c: char| c.is_control() && !c.is_ascii_whitespace();
        if text.contains(is_odd) {
            return None;
        }
        match text.chars().next() {
            None => Some(Self::nothing("an empty file")),
            Some('{') => Self::of_object(&serde_json::from_str(text).ok()?),
            Some('<') => Some(Self::of_page(text)),
            Some(_) if text == "null" => Some(Self::nothing("null")),
            Some(first) if first.is_alphanumeric() => Self::of_text(text),
            Some(_) => None,
        }
    }

    /// What the one who asked wrote down instead of a reply.
    #[must_use]
    pub fn told(detail: &str) -> Self {
        let known = Self::of_words(detail);
        known.unwrap_or_else(|| Self::nothing("no reply"))
    }

    fn nothing(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            next: NO_ANSWER,
        }
    }

    fn of_code(code: u16) -> Option<Self> {
        let named = CODES.iter().find(|(number, _, _)| *number == code);
        match named {
            Some((number, name, next)) => Some(Self {
                what: format!("{number} {name}"),
                next,
            }),
            None if (300..600).contains(&code) => Some(Self::nothing(&format!("HTTP {code}"))),
            None => None,
        }
    }

    fn of_words(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let found = WORDS.iter().find(|(word, _, _)| text.contains(word));
        let known = found.map(|(_, what, next)| Self {
            what: (*what).to_owned(),
            next,
        });
        known.or_else(|| {
            let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
            let mut codes = numbers.filter(|word| word.len() == 3);
            codes.find_map(|word| {
                let code = word.parse().ok()?;
                CODES.iter().find(|(number, _, _)| *number == code)?;
                Self::of_code(code)
            })
        })
    }

    /// A `Status`, or what gateways answer in its place.
    fn of_object(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let code = ["code", "status", "statusCode"].iter().find_map(|key| {
            let code = value.get(*key)?;
            let number = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
            Self::of_code(u16::try_from(number).ok()?)
        });
        let words = ["reason", "message", "error", "detail"];
        let said = || words.iter().find_map(|key| Self::of_words(text(key)?));
        if text("kind") == Some("Status") {
            return Some(
                code.or_else(said)
                    .unwrap_or_else(|| Self::nothing("a Status of the API")),
            );
        }
        let is_error = ["message", "error", "errors", "detail"];
        let is_error = is_error.iter().any(|key| value.get(*key).is_some());
        code.or_else(said).filter(|_| is_error)
    }

    fn of_page(text: &str) -> Self {
        Self::of_words(text).unwrap_or_else(|| Self::nothing("a page of HTML"))
    }

    fn of_text(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("HTTP/") {
            return Self::of_head(rest);
        }
        // The rest of something whose beginning is lost.
        let count = |c| text.chars().filter(|other| *other == c).count();
        if count('}') > count('{') {
            return None;
        }
        let line = text.lines().next().unwrap_or_default().to_ascii_lowercase();
        let begins = BEGINNINGS.iter().any(|word| line.starts_with(word));
        // A key of YAML.
        let is_word = |key: &str| key.chars().all(char::is_alphanumeric);
        if !begins && line.split_once(':').is_some_and(|(key, _)| is_word(key)) {
            return None;
        }
        let known = Self::of_words(&line);
        known.or_else(|| begins.then(|| Self::nothing("an error message")))
    }

    /// What `curl -i` prints, behind `HTTP/`: the code decides.
    fn of_head(rest: &str) -> Option<Self> {
        let code = rest.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Self::of_code(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_no_configz_is_known_for_what_it_says() {
        for (reply, what, next) in [
            (
                r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"nodes \"n\" is forbidden","reason":"Forbidden","code":403}"#,
                "403 Forbidden",
                RIGHT,
            ),
            (
                r#"{"kind":"Status","status":"Failure","reason":"NotFound","code":404}"#,
                "404 Not Found",
                NOT_THERE,
            ),
            (
                r#"{"kind":"Status","status":"Failure","reason":"ServiceUnavailable"}"#,
                "503 Service Unavailable",
                NOT_REACHED,
            ),
            (r#"{"kind":"Status"}"#, "a Status of the API", NO_ANSWER),
            (
                r#"{"type":"error","status":"401","message":"must authenticate"}"#,
                "401 Unauthorized",
                CREDENTIALS,
            ),
            (r#"{"message":"Forbidden"}"#, "403 Forbidden", RIGHT),
            (
                "\u{feff}<html><head><title>502 Bad Gateway</title></head></html>",
                "502 Bad Gateway",
                NOT_REACHED,
            ),
            ("<!DOCTYPE html><p>Sign in</p>", "a page of HTML", NO_ANSWER),
            ("", "an empty file", NO_ANSWER),
            (" \r\n", "an empty file", NO_ANSWER),
            ("null\n", "null", NO_ANSWER),
            (
                "Error from server (Forbidden): nodes \"n\" is forbidden: User \"u\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope",
                "403 Forbidden",
                RIGHT,
            ),
            (
                "Error from server (NotFound): nodes \"n\" not found",
                "404 Not Found",
                NOT_THERE,
            ),
            (
                "Error from server: error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused",
                "connection refused",
                NOT_REACHED,
            ),
            (
                "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
                "503 Service Unavailable",
                NOT_REACHED,
            ),
            (
                "error: You must be logged in to the server (Unauthorized)",
                "401 Unauthorized",
                CREDENTIALS,
            ),
            ("Unauthorized", "401 Unauthorized", CREDENTIALS),
            (
                "Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource=proxy)",
                "403 Forbidden",
                RIGHT,
            ),
            ("404 page not found", "404 Not Found", NOT_THERE),
            (
                "curl: (22) The requested URL returned error: 403",
                "403 Forbidden",
                RIGHT,
            ),
            (
                "curl: (7) Failed to connect to 10.0.0.1 port 10250",
                "no connection",
                NOT_REACHED,
            ),
            (
                "curl: (28) Operation timed out after 3000 milliseconds",
                "timed out",
                NOT_REACHED,
            ),
            (
                "curl: (60) SSL certificate problem",
                "the certificate was not accepted",
                CREDENTIALS,
            ),
            (
                "Get \"https://10.0.0.1:10250/configz\": x",
                "an error message",
                NO_ANSWER,
            ),
            ("error: unknown command", "an error message", NO_ANSWER),
            (
                "HTTP/2 403 \r\ncontent-type: application/json\r\n\r\n{\"kind\":\"Status\"}",
                "403 Forbidden",
                RIGHT,
            ),
        ] {
            let refusal = Refusal::read(reply.as_bytes()).unwrap_or_else(|| panic!("{reply}"));
            assert_eq!(
                (refusal.what.as_str(), refusal.next),
                (what, next),
                "{reply}"
            );
        }
    }

    #[test]
    fn what_may_be_configz_or_its_ruins_is_no_refusal() {
        let long = "x".repeat(LONGEST + 1);
        for reply in [
            r#"{"kubeletconfig":{"enableServer":true}}"#,
            r#"{"kubeletconfig":{"enableServer":tr"#,
            r#"{"kind":"Status","kubeletconfig":{}}"#,
            r#"{"kind":"Status","code":40"#,
            r#"{"componentconfig":{}}"#,
            r#"{"enableServer":true}"#,
            "{}",
            "[]",
            "7: \"x\"}}",
            "enableServer: true\n",
            "streamingConnectionIdleTimeout: 4h0m0s\n",
            "rverTLSBootstrap\":false,\"x\":\"connection refused\"}}",
            "\"Forbidden\"",
            "Warning: certificate\n{\"kubeletconfig\":{}}",
            "HTTP/1.1 200 OK\r\n\r\n{}",
            "Forbidden\0",
            &long,
        ] {
            assert_eq!(Refusal::read(reply.as_bytes()), None, "{reply}");
        }
        let wide = |text: &str| -> Vec<u8> {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        assert_eq!(Refusal::read(&wide("Forbidden\r\n")).unwrap().next, RIGHT);
        assert_eq!(Refusal::read(&wide("")).unwrap().what, "an empty file");
        assert_eq!(Refusal::read(&wide("{\"kubeletconfig\":{}}")), None);
        assert_eq!(Refusal::read(b"\xff\xfeF\0\0"), None);
        assert_eq!(Refusal::read(b"\xfe\xff\0F\0o").map(|r| r.what), None);
        assert_eq!(Refusal::told("").what, "no reply");
        assert_eq!(Refusal::told("… (Forbidden): …").next, RIGHT);
    }
}
