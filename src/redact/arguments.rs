//! `--flag value`, with blanks or list punctuation between.

use super::MaskForm;
use super::masker::{Masker, closing};
use super::names::{Kind, harmless, secret};
use super::pattern::MaskPattern;

static FLAG: MaskPattern = MaskPattern::of("--?[A-Za-z][A-Za-z0-9_.-]*");
static SHORT: MaskPattern = MaskPattern::of("^-[pPwWaAkKxX]$");
static GLUED: MaskPattern = MaskPattern::of(
    "^-p(eer|re-|rint|rox|rofil|ort|od|ath|id|kg|lugin|olicy|olling|referred|riority|erm|arallel|rogress|attern|refix|ull|ush|ass)",
);
static SHORT_VALUE: MaskPattern = MaskPattern::of("^[=\"'$!#%&*+./:;<>?@^_`{|}~0-9]");
static GAP: MaskPattern = MaskPattern::of("^[\"']?[ \t,]+[\"']?");
static NEXT_FLAG: MaskPattern = MaskPattern::of("[ \t]+-");
static WORD_END: MaskPattern = MaskPattern::of("[ \t\r\"\\\\,']");
static SENTENCE_END: MaskPattern = MaskPattern::of("[ \t]+-|[\"\\\\']");
static LINE_END: MaskPattern = MaskPattern::of("^[\\\\\",' \t\r]*$");
static ITEM: MaskPattern = MaskPattern::of("^[ \t]*-[ \t]+[\"']?$");
static GOES_ON: MaskPattern = MaskPattern::of("^[\"']?[ \t]*\\\\\r?$");
static NEXT_ITEM: MaskPattern = MaskPattern::of("^[\"'][ \t]*,");
static ARGUMENT: MaskPattern = MaskPattern::of("^--?[A-Za-z0-9_.-]+");
static PRIVATE_KEY: MaskPattern = MaskPattern::of("-----BEGIN [A-Z0-9 ]*PRIVATE KEY");
static ARGUMENT_IS: MaskPattern = MaskPattern::of("^-+[A-Za-z0-9_.-]+=");

impl Masker<'_> {
    /// Of short ones only those of k3s, RKE2 and the kubelet are known to hold no secret.
    fn flag_kind(&self, name: &[u8]) -> Option<Kind> {
        match name {
            // Which option of which command a letter is, nobody can know.
            _ if self.form == MaskForm::Description && !name.starts_with(b"--") => None,
            b"-t" => self.is_rancher.then_some("token"),
            b"-u" | b"-U" => Some("user"),
            b"-H" => Some("header"),
            _ if SHORT.is_in(name) => Some("short"),
            _ => secret(name),
        }
    }

    /// A line without the values of arguments that are secret. A value on the next line is awaited.
    pub(super) fn flags(&mut self, mut s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut left = Self::most_keys(s.len());
        while let Some((start, end)) = FLAG.find(s) {
            if left == 0 {
                self.hit("line", &mut out);
                return out;
            }
            left -= 1;
            let name = &s[start..end];
            let before = match start {
                0 => out.last().copied(),
                _ => s.get(start - 1).copied(),
            };
            out.extend_from_slice(&s[..end]);
            s = &s[end..];
            if before.is_some_and(|b| b.is_ascii_alphanumeric() || b"_.=/:-".contains(&b)) {
                continue;
            }
            let kind = self.flag_kind(name);
            let is_password = name.starts_with(b"-p") && self.form != MaskForm::Description;
            let is_glued = is_password && name.len() > 2 && kind.is_none();
            if is_glued && !GLUED.is_in(name) && !s.starts_with(b"=") {
                out.truncate(out.len() - name.len());
                out.extend_from_slice(b"-p");
                self.hit("password", &mut out);
                s = &s[self.extent(s)..];
                continue;
            }
            let Some(kind) = kind else { continue };
            if let Some(rest) = self.short_value(name, before, kind, s, &mut out) {
                s = rest;
                continue;
            }
            if self.awaits(&out[..out.len() - name.len()], s) {
                self.awaited = Some(kind);
                continue;
            }
            let Some(gap) = GAP.at_start(s) else { continue };
            if s.get(gap) == Some(&b'-') {
                continue;
            }
            let quote = s[..gap].last().copied().filter(|b| b"\"'".contains(b));
            out.extend_from_slice(&s[..gap]);
            s = &s[gap..];
            let end = match quote {
                Some(quote) => memchr::memchr(quote, s).unwrap_or(s.len()),
                None if kind == "header" => sentence(s),
                None => self.extent(s),
            };
            if end == 0 || harmless(&s[..end], kind) {
                continue;
            }
            self.hit(kind, &mut out);
            s = &s[end..];
        }
        out.extend_from_slice(s);
        out
    }

    /// What is left behind the value of a short flag that is glued to it.
    fn short_value<'s>(
        &mut self,
        name: &[u8],
        before: Option<u8>,
        kind: Kind,
        s: &'s [u8],
        out: &mut Vec<u8>,
    ) -> Option<&'s [u8]> {
        let is_short = name.len() == 2 && name.get(1).is_some_and(u8::is_ascii_alphabetic);
        if !is_short || !SHORT_VALUE.is_in(s) {
            return None;
        }
        let start = usize::from(s.first() == Some(&b'='));
        match s.get(start).copied().filter(|b| b"\"'".contains(b)) {
            Some(quote) => {
                let end = closing(&s[start..], quote).filter(|_| before != Some(quote))?;
                out.extend_from_slice(&s[..start]);
                self.hit(kind, out);
                Some(&s[start + end..])
            }
            None => {
                let end = match kind {
                    "header" => sentence(s),
                    _ => self.extent(s),
                };
                if end < start || harmless(&s[start..end], kind) {
                    return Some(s);
                }
                out.extend_from_slice(&s[..start]);
                self.hit(kind, out);
                Some(&s[end..])
            }
        }
    }

    /// Whether the value of the argument behind `before` stands on the next line (in the next item,
    /// the next string).
    fn awaits(&mut self, before: &[u8], after: &[u8]) -> bool {
        match self.form {
            MaskForm::Ps | MaskForm::Line | MaskForm::Description => return false,
            _ if !LINE_END.is_in(after) => return false,
            MaskForm::Text | MaskForm::Unit | MaskForm::Env => {}
            _ => return true,
        }
        self.is_listed = ITEM.is_in(before);
        self.is_listed || GOES_ON.is_in(after) || NEXT_ITEM.is_in(after)
    }

    /// How much of `s` belongs to the unquoted value of an argument. In joined arguments a value may
    /// hold blanks.
    pub(super) fn extent(&self, s: &[u8]) -> usize {
        let end = match self.form {
            MaskForm::Ps | MaskForm::Line | MaskForm::Description => &NEXT_FLAG,
            _ => &WORD_END,
        };
        end.find(s).map_or(s.len(), |(start, _)| start)
    }

    /// One argument of a list of them.
    pub(super) fn argument(&mut self, s: &[u8]) -> Vec<u8> {
        let awaited = self.awaited.take();
        let mut out = Vec::with_capacity(s.len());
        if PRIVATE_KEY.is_in(s) {
            out.extend_from_slice(&s[..ARGUMENT_IS.at_start(s).unwrap_or(0)]);
            self.hit("private-key", &mut out);
            return out;
        }
        if let Some(kind) = awaited.filter(|_| !s.starts_with(b"-")) {
            match harmless(s, kind) {
                true => out.extend_from_slice(s),
                false => self.hit(kind, &mut out),
            }
            return out;
        }
        if let Some(end) = ARGUMENT.at_start(s)
            && let Some(kind) = self.flag_kind(&s[..end])
        {
            if s.get(end) == Some(&b'=') {
                if harmless(&s[end + 1..], kind) {
                    return s.to_vec();
                }
                out.extend_from_slice(&s[..=end]);
                self.hit(kind, &mut out);
                return out;
            }
            if end == s.len() {
                self.awaited = Some(kind);
                return s.to_vec();
            }
        }
        self.plain(s, None)
    }
}

/// The same of a header: it holds blanks even where nothing is in quotes.
pub(super) fn sentence(s: &[u8]) -> usize {
    SENTENCE_END.find(s).map_or(s.len(), |(start, _)| start)
}
