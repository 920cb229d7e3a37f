//! `key: value`, `KEY=value`, `--flag=value`, `"key":"value"`.

use super::MaskForm;
use super::arguments::sentence;
use super::masker::{Masker, balance, blanks, closing, indent};
use super::names::{Kind, harmless, has, secret};
use super::pattern::MaskPattern;

static KEY: MaskPattern = MaskPattern::of("[A-Za-z_][A-Za-z0-9_.-]*[\\\\\"']*[ \t]*[=:]");
static ESCAPED: MaskPattern =
    MaskPattern::of("^([uU][0-9a-fA-F]+|x[0-9a-fA-F][0-9a-fA-F])[A-Za-z0-9_.-]*[\"]");
static ALONE: MaskPattern = MaskPattern::of("^[ \t]*--?$");
static START: MaskPattern = MaskPattern::of("^[ \t#-]*(export )?[\"']?$");
static OF_MAP: MaskPattern = MaskPattern::of("^[ \t\r]*([{&|>].*)?$");
static BLANK: MaskPattern = MaskPattern::of("^[ \t\r]*$");
static BLANK_OR_REMARK: MaskPattern = MaskPattern::of("^[ \t\r]*(#.*)?$");
static FLOW_END: MaskPattern = MaskPattern::of("[,}\\]]");
static NEXT_FLAG: MaskPattern = MaskPattern::of("[ \t]+-");
static ITEM: MaskPattern = MaskPattern::of("^[ \t]*-([ \t]|$)");
static NAMED: MaskPattern = MaskPattern::of("name[\"]?[ \t]*:[ \t]*[\"]?[A-Z_0-9]+");
static NAMED_END: MaskPattern = MaskPattern::of("[A-Z_0-9]+$");
static KEYED: MaskPattern =
    MaskPattern::of("[{,][ \t]*[\"]?key[\"]?[ \t]*:[ \t]*[\"]?[A-Za-z0-9_./-]*");
static KEYED_END: MaskPattern = MaskPattern::of("[A-Za-z0-9_./-]*$");
static BEFORE_KEY: MaskPattern = MaskPattern::of("^[ \t]*(-[ \t]+)*[\"]?");
static SIBLING_KEY: MaskPattern = MaskPattern::of("^[Kk]ey[ \t]*:");
static SIBLING_NAME: MaskPattern = MaskPattern::of("^[Nn]ame[ \t]*:");
static SIBLING_VALUE: MaskPattern = MaskPattern::of("^[A-Za-z]+[ \t]*:[ \t]*");

/// The variables of etcd that rules read.
pub(super) const ALLOWED: &str = " ETCD_CONFIG_FILE ETCD_DATA_DIR ETCD_WAL_DIR ETCD_LISTEN_CLIENT_URLS ETCD_LISTEN_PEER_URLS ETCD_CERT_FILE ETCD_KEY_FILE ETCD_CLIENT_CERT_AUTH ETCD_TRUSTED_CA_FILE ETCD_AUTO_TLS ETCD_PEER_CERT_FILE ETCD_PEER_KEY_FILE ETCD_PEER_CLIENT_CERT_AUTH ETCD_PEER_TRUSTED_CA_FILE ETCD_PEER_AUTO_TLS ETCD_TLS_MIN_VERSION ETCD_TLS_MAX_VERSION ETCD_CIPHER_SUITES ";

/// Whether a variable of this name is read by rules.
pub(super) fn is_allowed(name: &[u8]) -> bool {
    has(ALLOWED.as_bytes(), &[b" ", name, b" "].concat())
}

/// Where a key stands, and what is around it.
struct PairKey {
    sign: u8,
    kind: Option<Kind>,
    /// It is an argument's name.
    is_flag: bool,
    /// It is one at the start of its line.
    is_alone: bool,
    /// It begins its line.
    is_start: bool,
    /// It stands in brackets.
    is_flow: bool,
    /// It stands in a text in these quotes.
    quoted: Option<u8>,
    column: usize,
}

/// How a value is written.
enum PairValue {
    /// As it stands.
    Bare(usize),
    /// In quotes.
    Quoted(usize, u8),
    /// In quotes behind backslashes.
    Escaped(usize),
}

impl Masker<'_> {
    /// A line without the values of keys that are secret. Of files (where `line` is a number) values
    /// span lines.
    pub(super) fn pairs(&mut self, mut s: &[u8], line: Option<usize>) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut left = Self::most_keys(s.len());
        let (mut open, mut counted, mut has_remark) = (0, 0, false);
        while let Some((start, end)) = KEY.find(s) {
            if left == 0 {
                self.hit("line", &mut out);
                return out;
            }
            left -= 1;
            out.extend_from_slice(&s[..start]);
            open += balance(&out[counted..]);
            has_remark |= out[counted..].contains(&b'#');
            counted = out.len();
            let key = self.key(&out, &s[start..end], &s[end..], line, open > 0);
            out.extend_from_slice(&s[start..end]);
            s = &s[end..];
            let Some(kind) = key.kind else { continue };
            if kind == "user" && OF_MAP.is_in(s) {
                continue;
            }
            let lead = blanks(s);
            let (before, rest) = s.split_at(lead);
            s = rest;
            let begins_block = s.is_empty() || b"|>#&!".contains(&s[0]) || s == b"\r";
            if let Some(number) = line
                && key.is_start
                && key.sign == b':'
                && !has_remark
                && begins_block
            {
                let is_block = s.first().is_some_and(|b| b"|>&!".contains(b));
                if is_block || self.is_nested(number, key.column) {
                    out.extend_from_slice(if lead == 0 { b" " } else { before });
                    self.hit(kind, &mut out);
                    self.block = Some(key.column);
                } else {
                    out.extend_from_slice(before);
                    out.extend_from_slice(s);
                }
                return out;
            }
            let value = self.value(&key, kind, s, line, has_remark);
            if key.is_flow && line.is_some() && key.sign == b':' && BLANK.is_in(s) {
                self.flow_awaited = Some(kind);
                out.extend_from_slice(before);
                out.extend_from_slice(s);
                return out;
            }
            let (PairValue::Bare(end) | PairValue::Quoted(end, _) | PairValue::Escaped(end)) =
                value;
            let shown = &s[..end];
            out.extend_from_slice(before);
            if harmless(shown, kind) {
                out.extend_from_slice(shown);
                self.block = None;
            } else {
                let quote: &[u8] = match &value {
                    PairValue::Bare(_) => b"",
                    PairValue::Quoted(_, quote) => std::slice::from_ref(quote),
                    PairValue::Escaped(_) => b"\\\"",
                };
                out.extend_from_slice(quote);
                self.hit(kind, &mut out);
                out.extend_from_slice(quote);
            }
            s = &s[end..];
        }
        out.extend_from_slice(s);
        out
    }

    fn key(
        &mut self,
        out: &[u8],
        key: &[u8],
        rest: &[u8],
        line: Option<usize>,
        is_flow: bool,
    ) -> PairKey {
        let mut column = out.len() + 1;
        let sign = key.last().copied().unwrap_or_default();
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
        let name: Vec<u8> = key.iter().copied().filter(is_name).collect();
        let mut kind = secret(&name);
        if self.is_yaml() && sign == b':' {
            if name.eq_ignore_ascii_case(b"value") && !self.is_known(line, column, out, rest) {
                kind = Some("env-value");
            }
            let is_data = name == b"data" || name == b"stringData";
            if self.has_users && name == b"args" || self.has_secret && is_data {
                kind = Some("credential");
            }
        }
        if out.ends_with(b"\\") && ESCAPED.is_in(key) {
            kind = Some("credential");
        }
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let is_flag = out
            .split_last()
            .is_some_and(|(last, before)| *last == b'-' && !before.last().is_some_and(is_word));
        let dashes = out.iter().rev().take_while(|b| **b == b'-').count();
        let quote = out.len().checked_sub(dashes + 1).map(|at| out[at]);
        let mut quoted = quote.filter(|b| b"\"'".contains(b));
        if key.iter().any(|b| b"\"'".contains(b)) {
            if quoted.is_some() {
                column -= 1;
            }
            quoted = None;
        }
        PairKey {
            kind,
            sign,
            is_flag,
            is_alone: line.is_some() && ALONE.is_in(out),
            is_start: START.is_in(out) && !is_flag,
            is_flow,
            quoted,
            column,
        }
    }

    /// How far the value behind a key goes on.
    fn value(
        &mut self,
        key: &PairKey,
        kind: Kind,
        s: &[u8],
        line: Option<usize>,
        has_remark: bool,
    ) -> PairValue {
        let of_file = line.is_some();
        let first = s.first().copied();
        let quote = first.filter(|b| b"\"'".contains(b));
        if s.starts_with(b"\\\"") {
            let end = memchr::memmem::find(&s[2..], b"\\\"");
            return PairValue::Escaped(end.map_or(s.len(), |at| at + 4));
        }
        if let Some(quote) = quote {
            let end = closing(s, quote).unwrap_or_else(|| {
                if of_file {
                    self.open_quote = Some(quote);
                }
                s.len()
            });
            return PairValue::Quoted(end, quote);
        }
        if of_file && matches!(first, Some(b'{' | b'[')) {
            if balance(s) > 0 {
                self.depth = balance(s);
            }
            return PairValue::Bare(s.len());
        }
        if let Some(quoted) = key.quoted {
            let at_quote = memchr::memchr(quoted, s);
            if key.is_flag {
                let at_flag = NEXT_FLAG.find(s).map(|(start, _)| start);
                if let Some(end) = at_quote.into_iter().chain(at_flag).min() {
                    return PairValue::Bare(end);
                }
            }
            return PairValue::Bare(at_quote.unwrap_or_else(|| {
                if of_file {
                    self.open_quote = Some(quoted);
                }
                s.len()
            }));
        }
        if key.is_flag {
            return PairValue::Bare(match key.is_alone || kind == "header" {
                true => sentence(s),
                false => self.extent(s),
            });
        }
        if key.is_flow {
            return PairValue::Bare(FLOW_END.find(s).map_or(s.len(), |(start, _)| start));
        }
        let is_whole = match of_file {
            true => key.sign == b':' || key.is_start,
            false => matches!(self.form, MaskForm::Json | MaskForm::Cni | MaskForm::Args),
        };
        if is_whole {
            if of_file && key.is_start && key.sign == b':' && !has_remark {
                self.block = Some(key.column);
            }
            if of_file && key.sign == b'=' && s.ends_with(b"\\") {
                self.is_continued = true;
            }
            return PairValue::Bare(s.len());
        }
        PairValue::Bare(match kind {
            "header" => sentence(s),
            _ => self.extent(s),
        })
    }

    /// Whether there is anything below the key at this column of a line.
    fn is_nested(&self, line: usize, column: usize) -> bool {
        let below = self.lines.get(line + 1..).unwrap_or_default();
        let next = below.iter().find(|line| !BLANK_OR_REMARK.is_in(line));
        next.is_some_and(|next| indent(next) > column || indent(next) == column && ITEM.is_in(next))
    }

    /// Whether the value at this column stands beside a name that may be shown, or in a taint or
    /// toleration.
    fn is_known(&self, line: Option<usize>, column: usize, before: &[u8], after: &[u8]) -> bool {
        let whole = [before, after].concat();
        let end_of = |found: (usize, usize), end: &MaskPattern| {
            let found = &whole[found.0..found.1];
            end.find(found)
                .map_or(Vec::new(), |(start, _)| found[start..].to_vec())
        };
        if let Some(found) = NAMED.find(&whole) {
            return is_allowed(&end_of(found, &NAMED_END));
        }
        if let Some(found) = KEYED.find(&whole) {
            return secret(&end_of(found, &KEYED_END)).is_none();
        }
        let number = line.unwrap_or(0);
        let above = self.lines.get(number.saturating_sub(7)..number);
        let above = above.unwrap_or_default();
        for other in above.iter().rev() {
            let at = key_column(other);
            if at < column {
                break;
            }
            if at == column {
                if let Some(known) = sibling(other) {
                    return known;
                }
                if blanks(other) < other.len() && other[blanks(other)] == b'-' {
                    break;
                }
            }
        }
        let start = line.map_or(0, |line| line + 1);
        let end = self.lines.len().min(start + 7);
        for other in self.lines.get(start..end).unwrap_or_default() {
            let is_item = other.get(blanks(other)) == Some(&b'-');
            let at = key_column(other);
            if is_item || at < column {
                break;
            }
            if at == column
                && let Some(known) = sibling(other)
            {
                return known;
            }
        }
        false
    }
}

/// The column of a line's key, behind the dashes of lists.
pub(super) fn key_column(s: &[u8]) -> usize {
    BEFORE_KEY.at_start(s).unwrap_or(0) + 1
}

/// Of a line with a `key` or `name`: whether the value beside it may be shown.
fn sibling(s: &[u8]) -> Option<bool> {
    let start = s.iter().take_while(|b| b" \t-".contains(b)).count();
    let s: Vec<u8> = s[start..]
        .iter()
        .copied()
        .filter(|b| !b"\"'\r".contains(b))
        .collect();
    let name = &s[SIBLING_VALUE.at_start(&s).unwrap_or(0)..];
    let end = name.iter().position(|b| b" \t".contains(b));
    let name = &name[..end.unwrap_or(name.len())];
    if SIBLING_KEY.is_in(&s) {
        return Some(secret(name).is_none());
    }
    SIBLING_NAME.is_in(&s).then(|| is_allowed(name))
}
