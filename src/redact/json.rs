//! JSON of any spelling, cut off or not: strings and what is between them by turns. A string is held
//! until what follows it tells whether it is a key.

use std::rc::Rc;

use super::masker::Masker;
use super::names::{Kind, harmless, secret};
use super::pairs::is_allowed;
use super::pattern::MaskPattern;
use super::{MaskForm, REDACTED};

static IS_KEY: MaskPattern = MaskPattern::of("^[ \t\r\n]*:");
static LITERAL: MaskPattern = MaskPattern::of("^[ \t\r\n]*:[ \t\r\n]*[^\\] \t\r\n,}{\\[]+");
static NUMBER: MaskPattern = MaskPattern::of("-?[0-9][0-9.eE+-]*");
static SHOWN_OF_CNI: MaskPattern = MaskPattern::of(
    "^(cniversion|name|type|plugins|ipam|mode|mtu|bridge|master|subnet|ranges|rangestart|rangeend|gateway|dst|gw|policy|datastore_type|nodename|log_level|log_file_path|kubeconfig|capabilities|delegate|delegates|cninetworks?|confdir|cnidir|bindir|routes|addresses|enabled)$",
);

/// Levels that a document may have before it is given up.
const DEPTH: usize = 512;

/// A level of the document.
#[derive(Clone, Default)]
struct JsonLevel {
    /// A `name` in it is a variable's that rules read.
    has_allowed_name: bool,
    /// A `key` in it names no secret.
    has_plain_key: bool,
    /// The key it stands at.
    holder: Rc<[u8]>,
}

struct JsonMask<'m, 't> {
    masker: &'m mut Masker<'t>,
    is_cni: bool,
    levels: Vec<JsonLevel>,
    key: Rc<[u8]>,
    kind: Option<Kind>,
    /// From this level on all is masked.
    masked: Option<(usize, Kind)>,
    held: Option<Vec<u8>>,
    out: Vec<u8>,
}

impl Masker<'_> {
    /// A document without its secrets; `None` where it is too deep to be followed.
    pub(super) fn json(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        let mut json = JsonMask {
            is_cni: self.form == MaskForm::Cni,
            masker: self,
            levels: vec![JsonLevel::default()],
            key: Rc::default(),
            kind: None,
            masked: None,
            held: None,
            out: Vec::with_capacity(text.len()),
        };
        let mut rest = text;
        loop {
            let quote = memchr::memchr(b'"', rest);
            let end = quote.unwrap_or(rest.len());
            json.between(&rest[..end])?;
            let Some(at) = quote else {
                json.end_of_held();
                return Some(json.out);
            };
            let string = string_at(&rest[at + 1..]);
            json.held = Some(string.to_vec());
            rest = &rest[at + 1 + string.len()..];
            match rest.split_first() {
                Some((_, behind)) => rest = behind,
                None => {
                    json.end_of_held();
                    return Some(json.out);
                }
            }
        }
    }
}

/// What of a text is before the quote that closes it.
fn string_at(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[at..]) {
        at += found;
        if text[at] == b'"' {
            return &text[..at];
        }
        at = text.len().min(at + 2);
    }
    text
}

impl JsonMask<'_, '_> {
    fn level(&mut self) -> &mut JsonLevel {
        if self.levels.is_empty() {
            self.levels.push(JsonLevel::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn end_of_held(&mut self) {
        if let Some(held) = self.held.take() {
            let value = self.value(&held);
            self.write(&value);
        }
    }

    fn write(&mut self, string: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(string);
        self.out.push(b'"');
    }

    fn between(&mut self, s: &[u8]) -> Option<()> {
        if let Some(held) = self.held.take() {
            if IS_KEY.is_in(s) {
                self.begin_key(&held);
                self.write(&held);
            } else {
                let value = self.value(&held);
                self.write(&value);
                self.key = Rc::default();
                self.kind = None;
            }
        }
        let mut under = self.masked.map(|(_, kind)| kind);
        let mut s = s.to_vec();
        if let Some(kind) = self.kind
            && let Some(end) = LITERAL.at_start(&s)
        {
            let literal = s[..end].trim_ascii_start().get(1..).unwrap_or_default();
            if !harmless(literal.trim_ascii_start(), kind) {
                let mut shown = b": \"".to_vec();
                self.masker.hit(kind, &mut shown);
                shown.push(b'"');
                shown.extend_from_slice(&s[end..]);
                s = shown;
            }
            self.kind = None;
        }
        for c in &s {
            match c {
                b'{' | b'[' => {
                    let holder = match self.key.is_empty() {
                        true => self.level().holder.clone(),
                        false => self.key.clone(),
                    };
                    self.levels.push(JsonLevel {
                        holder,
                        ..JsonLevel::default()
                    });
                    if self.levels.len() > DEPTH {
                        return None;
                    }
                    let kind = self.kind.take().filter(|kind| *kind != "user");
                    if let (Some(kind), None) = (kind, self.masked) {
                        under = Some(kind);
                        self.masked = Some((self.levels.len(), kind));
                    }
                }
                b'}' | b']' => {
                    if self
                        .masked
                        .is_some_and(|(level, _)| level == self.levels.len())
                    {
                        self.masked = None;
                    }
                    if self.levels.len() > 1 {
                        self.levels.pop();
                    }
                }
                _ => {}
            }
        }
        if let Some(kind) = under {
            s = self.without_numbers(&s, kind);
        }
        let shown = self.masker.pairs(&s, None);
        self.out.extend_from_slice(&shown);
        Some(())
    }

    fn without_numbers(&mut self, mut s: &[u8], kind: Kind) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        while let Some((start, end)) = NUMBER.find(s) {
            out.extend_from_slice(&s[..start]);
            out.push(b'"');
            self.masker.hit(kind, &mut out);
            out.push(b'"');
            s = &s[end..];
        }
        out.extend_from_slice(s);
        out
    }

    fn begin_key(&mut self, key: &[u8]) {
        self.key = key.into();
        self.kind = secret(key);
        let is_shown = self.level().has_allowed_name || self.level().has_plain_key;
        if key.eq_ignore_ascii_case(b"value") && !is_shown {
            self.kind = Some("env-value");
        }
        let is_escaped = key.windows(2).any(|two| two == b"\\u" || two == b"\\x");
        let is_data = key == b"data" || key == b"stringData";
        let is_exec = key == b"args" && &*self.level().holder == b"exec";
        if is_escaped || is_data || is_exec {
            self.kind = Some("credential");
        }
        if key == b"annotations" {
            self.kind = Some("annotation");
        }
    }

    fn value(&mut self, s: &[u8]) -> Vec<u8> {
        let awaited = self.masker.awaited.take();
        let of_flag = awaited.filter(|_| !s.starts_with(b"-"));
        let masked = self.masked.map(|(_, kind)| kind);
        let mut kind = self.kind.or(masked).or(of_flag);
        if self.key.eq_ignore_ascii_case(b"name") {
            self.level().has_allowed_name = is_allowed(s);
        }
        if self.key.eq_ignore_ascii_case(b"key") {
            self.level().has_plain_key = secret(s).is_none();
        }
        if self.is_cni && kind.is_none() {
            let holder = match self.key.is_empty() {
                true => self.level().holder.clone(),
                false => self.key.clone(),
            };
            if !SHOWN_OF_CNI.is_in(&holder.to_ascii_lowercase()) {
                kind = Some("setting");
            }
        }
        match kind.filter(|kind| !harmless(s, kind)) {
            Some(kind) => {
                let mut out = Vec::with_capacity(REDACTED.len());
                self.masker.hit(kind, &mut out);
                out
            }
            None => self.masker.plain(s, None),
        }
    }
}
