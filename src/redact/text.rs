//! Lines of a text whose values may span them: YAML, and files of settings.

use super::masker::{Masker, balance, blanks, indent};
use super::names::{Kind, harmless, has};
use super::pairs::key_column;
use super::pattern::MaskPattern;

static REMARK: MaskPattern = MaskPattern::of("^[ \t]*#[^!]");
static REMARK_SIGN: MaskPattern = MaskPattern::of("^[ \t]*[#;]+");
static SPEAKS: MaskPattern =
    MaskPattern::of("passw|passphrase|secret|token|credential|pwd|api.?key|private.?key");
static BLANK: MaskPattern = MaskPattern::of("^[ \t\r]*$");
static BLANK_OR_REMARK: MaskPattern = MaskPattern::of("^[ \t\r]*(#.*)?$");
static ITEM: MaskPattern = MaskPattern::of("^[ \t]*-([ \t]|$)");
static COMPLEX_VALUE: MaskPattern = MaskPattern::of("^[ \t]*:");
static COMPLEX_NEXT: MaskPattern = MaskPattern::of("^[ \t]*[?]");
static COMPLEX: MaskPattern = MaskPattern::of("^[ \t-]*[?]([ \t\r]|$)");
static ANNOTATIONS: MaskPattern =
    MaskPattern::of("^[ \t]*(-[ \t]+)?[\"]?annotations[\"]?[ \t]*:[ \t]*");
static EMPTY_MAP: MaskPattern = MaskPattern::of("^[{][ \t]*[}]");
static ANNOTATION_END: MaskPattern = MaskPattern::of("[:]([ \t]|$)");
static SHOWN_ANNOTATION: MaskPattern = MaskPattern::of(
    "^(kubeadm[.]kubernetes[.]io|kubernetes[.]io/config|scheduler[.]alpha|seccomp[.]security|container[.](apparmor|seccomp)|target[.]workload|openshift[.]io|cluster-autoscaler|prometheus[.]io)",
);
static BEGINS_BLOCK: MaskPattern = MaskPattern::of("[|>][+-]?[ \t]*$");
static LEAD: MaskPattern = MaskPattern::of("^[ \t]*[\"']?");
static FLOW_END: MaskPattern = MaskPattern::of("[,}\\]]");
static ITEM_LEAD: MaskPattern = MaskPattern::of("^[ \t]*(-[ \t]+)?[\"']?");
static ITEM_SIGN: MaskPattern = MaskPattern::of("^[ \t]*-[ \t]");
static NOTHING: MaskPattern = MaskPattern::of("^(-|[ \t\r]*$)");
static VALUE_END: MaskPattern = MaskPattern::of("[\"']|[ \t]+-|[ \t]*\\\\?\r?$");

impl Masker<'_> {
    /// One line, by its number.
    pub(super) fn text(&mut self, s: &[u8], line: usize) -> Vec<u8> {
        let is_open = self.open_quote.is_some() || self.depth > 0 || self.block.is_some();
        if self.is_yaml() && !is_open && REMARK.is_in(s) {
            return self.remark(s);
        }
        if let Some(quote) = self.open_quote {
            if s.contains(&quote) {
                self.open_quote = None;
            }
            return Vec::new();
        }
        if self.depth > 0 {
            self.depth += balance(s);
            return Vec::new();
        }
        if self.is_continued {
            self.is_continued = s.ends_with(b"\\");
            return Vec::new();
        }
        if let Some(block) = self.block {
            let goes_on = indent(s) > block || indent(s) == block && ITEM.is_in(s);
            if BLANK.is_in(s) || goes_on {
                return Vec::new();
            }
            if s.get(blanks(s)) != Some(&b'#') {
                self.block = None;
            }
        }
        if self.is_complex {
            if BLANK_OR_REMARK.is_in(s) {
                return s.to_vec();
            }
            self.is_complex = false;
            if let Some(end) = COMPLEX_VALUE.at_start(s) {
                self.block = Some(end);
                return self.behind(&[&s[..end], b" "].concat(), "credential");
            }
            self.is_complex = !COMPLEX_NEXT.is_in(s);
        }
        if self.is_yaml() && COMPLEX.is_in(s) {
            self.is_complex = true;
            return self.plain(s, Some(line));
        }
        if self.is_yaml()
            && let Some(column) = self.annotations
        {
            if BLANK_OR_REMARK.is_in(s) {
                return s.to_vec();
            }
            if indent(s) > column {
                return self.annotation(s);
            }
            self.annotations = None;
        }
        if self.is_yaml()
            && let Some(end) = ANNOTATIONS.at_start(s)
        {
            return self.begin_annotations(s, end);
        }
        if let Some(kind) = self.flow_awaited.filter(|_| !BLANK_OR_REMARK.is_in(s)) {
            self.flow_awaited = None;
            return self.flow_value(s, kind, line);
        }
        self.awaited_value(s, Some(line))
    }

    /// A text, and the mark behind it.
    pub(super) fn behind(&mut self, before: &[u8], kind: Kind) -> Vec<u8> {
        let mut out = before.to_vec();
        self.hit(kind, &mut out);
        out
    }

    fn begin_annotations(&mut self, s: &[u8], end: usize) -> Vec<u8> {
        let (lead, value) = s.split_at(end);
        self.annotations = Some(match lead.get(blanks(lead)) {
            Some(b'-') => key_column(lead),
            _ => indent(lead),
        });
        let is_value = value.first().is_some_and(|b| b"{&|>\"".contains(b));
        if !is_value || EMPTY_MAP.is_in(value) {
            return s.to_vec();
        }
        if balance(value) > 0 {
            self.depth = balance(value);
        }
        self.behind(lead, "annotation")
    }

    /// Of annotations, those that Kubernetes itself and its installers write are shown.
    fn annotation(&mut self, s: &[u8]) -> Vec<u8> {
        let Some((at, _)) = ANNOTATION_END.find(s) else {
            return Vec::new();
        };
        let is_of_key = |b: &u8| !b"\"'\r \t".contains(b);
        let key: Vec<u8> = s[..at].iter().copied().filter(is_of_key).collect();
        if SHOWN_ANNOTATION.is_in(&key) && !BEGINS_BLOCK.is_in(s) {
            return self.plain(s, None);
        }
        if harmless(&s[at + 1..], "") {
            return s.to_vec();
        }
        self.block = Some(indent(s));
        self.behind(&[&s[..=at], b" "].concat(), "annotation")
    }

    /// The value of a key in brackets, which stands on a line of its own.
    fn flow_value(&mut self, s: &[u8], kind: Kind, line: usize) -> Vec<u8> {
        let (lead, s) = s.split_at(LEAD.at_start(s).unwrap_or(0));
        let mut out = self.behind(lead, kind);
        if s.first().is_some_and(|b| b"{[".contains(b)) {
            if balance(s) > 0 {
                self.depth = balance(s);
            }
            return out;
        }
        let end = match lead.last().copied().filter(|b| b"\"'".contains(b)) {
            Some(quote) => memchr::memchr(quote, s),
            None => FLOW_END.find(s).map(|(start, _)| start),
        };
        let rest = self.plain(&s[end.unwrap_or(s.len())..], Some(line));
        out.extend_from_slice(&rest);
        out
    }

    /// A line that may be the value of an argument on the line before.
    pub(super) fn awaited_value(&mut self, s: &[u8], line: Option<usize>) -> Vec<u8> {
        if let Some(kind) = self.awaited.take()
            && let Some(end) = ITEM_LEAD.at_start(s)
            && (!self.is_listed || ITEM_SIGN.is_in(s))
            && !NOTHING.is_in(&s[end..])
        {
            let (lead, s) = s.split_at(end);
            let end = VALUE_END.find(s).map_or(s.len(), |(start, _)| start);
            let mut out = self.behind(lead, kind);
            let rest = self.plain(&s[end..], None);
            out.extend_from_slice(&rest);
            return out;
        }
        self.plain(s, line)
    }

    /// A remark that speaks of a secret may tell it.
    pub(super) fn remark(&mut self, s: &[u8]) -> Vec<u8> {
        let shown = self.plain(s, None);
        if !SPEAKS.is_in(&s.to_ascii_lowercase()) {
            return shown;
        }
        let end = REMARK_SIGN.at_start(s).unwrap_or(0);
        self.behind(&[&s[..end], b" "].concat(), "comment")
    }

    /// Whether a text names a component whose arguments are shown.
    pub(super) fn is_shown_program(name: &[u8]) -> bool {
        const SHOWN: &str = " kubelet hyperkube kubelite k3s rke2 kube-proxy kube-apiserver kube-controller-manager kube-scheduler etcd containerd dockerd crio flanneld openshift hypershift kubenswrapper apiserver controller-manager scheduler proxy ";
        !name.is_empty() && has(SHOWN.as_bytes(), &[b" ", name, b" "].concat())
    }
}
