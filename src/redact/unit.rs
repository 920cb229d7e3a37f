//! Unit files: what rules read is shown, and of programs that are no component the name.

use super::masker::{Masker, blanks};
use super::names::{harmless, secret};
use super::pairs::is_allowed;
use super::pattern::MaskPattern;

static REMARK: MaskPattern = MaskPattern::of("^[ \t]*[#;]");
static SETTING_REMARK: MaskPattern =
    MaskPattern::of("^[ \t]*[#;]+[ \t]*[A-Za-z][A-Za-z0-9_.-]*[ \t]*=");
static SECTION: MaskPattern = MaskPattern::of("^[ \t]*(\\[[A-Za-z-]+\\])?[ \t\r]*$");
static GOES_ON: MaskPattern = MaskPattern::of("\\\\\r?$");
static PROGRAM_SIGNS: MaskPattern = MaskPattern::of("^[ \t]*[-@:+!|]*");
static ONE_WORD: MaskPattern = MaskPattern::of("^[ \t]*[^ \t]+[ \t\r]*$");
static SHOWN: MaskPattern = MaskPattern::of(
    "^(Description|Documentation|Wants|Requires|Requisite|BindsTo|PartOf|Upholds|Conflicts|Before|After|OnFailure|OnSuccess|RequiresMountsFor|DefaultDependencies|Condition[A-Za-z]*|Assert[A-Za-z]*|StartLimit[A-Za-z]*|Refuse[A-Za-z]*|AllowIsolate|Type|ExitType|RemainAfterExit|GuessMainPID|PIDFile|BusName|Restart[A-Za-z]*|Timeout[A-Za-z]*|Runtime[A-Za-z]*|Watchdog[A-Za-z]*|SuccessExitStatus|Kill[A-Za-z]*|SendSIG[A-Z]*|FinalKillSignal|NotifyAccess|EnvironmentFile|PassEnvironment|UnsetEnvironment|RootDirectory|RootImage|WorkingDirectory|User|Group|DynamicUser|SupplementaryGroups|UMask|Limit[A-Z]*|OOM[A-Za-z]*|Nice|CPU[A-Za-z]*|Memory[A-Za-z]*|Tasks[A-Za-z]*|IO[A-Za-z]*|Block[A-Za-z]*|IP[A-Za-z]*|Delegate|Slice|Device[A-Za-z]*|Private[A-Za-z]*|Protect[A-Za-z]*|Restrict[A-Za-z]*|NoNewPrivileges|Capability[A-Za-z]*|AmbientCapabilities|SecureBits|SystemCall[A-Za-z]*|Read[A-Za-z]*Paths|Inaccessible[A-Za-z]*|Bind[A-Za-z]*Paths|TemporaryFileSystem|Mount[A-Za-z]*|LockPersonality|Standard(Output|Error)|Syslog[A-Za-z]*|LogsDirectory|StateDirectory[A-Za-z]*|CacheDirectory|ConfigurationDirectory|SELinuxContext|AppArmorProfile|WantedBy|RequiredBy|Alias|Also|Sockets)$",
);
static READ_NAME: MaskPattern = MaskPattern::of("^(KUBE[A-Z]*|K3S|RKE2)(_[A-Z0-9_]+)?$");
static READ_END: MaskPattern = MaskPattern::of("(ARGS|OPTS|OPTIONS|FLAGS|PARAMS)$");
static READ_VALUE: MaskPattern = MaskPattern::of("^--[a-z]");
static RELEASE: MaskPattern =
    MaskPattern::of("^(ID|VERSION_ID|OPENSHIFT_VERSION|PRETTY_NAME|VARIANT_ID)$");
static ARGUMENTS_END: MaskPattern = MaskPattern::of("^.*( ; ignore_errors=)");
static EXEC: MaskPattern = MaskPattern::of("^Exec[A-Za-z]*=");

/// What of a setting goes on in the next line.
#[derive(Clone, Copy, Default, PartialEq)]
enum LineState {
    #[default]
    None,
    Shown,
    Masked,
    Variables,
}

/// Where in a unit its reader is.
#[derive(Clone, Copy, Default)]
pub(super) struct UnitPlace {
    state: LineState,
    /// A word of a line of variables is open, with this quote, and is shown or not.
    is_in_word: bool,
    quote: Option<u8>,
    is_kept: Option<bool>,
}

impl Masker<'_> {
    /// One line of a unit.
    pub(super) fn unit(&mut self, unit: &mut UnitPlace, s: &[u8], line: usize) -> Vec<u8> {
        if REMARK.is_in(s) {
            if !SETTING_REMARK.is_in(s) {
                return self.remark(s);
            }
            let at = s.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
            let (awaited, mut aside) = (self.awaited, *unit);
            let shown = self.unit_line(&mut aside, &s[at..], line);
            self.awaited = awaited;
            return [&s[..at], &shown].concat();
        }
        let state = unit.state;
        if state == LineState::None {
            return match SECTION.is_in(s) {
                true => s.to_vec(),
                false => self.unit_line(unit, s, line),
            };
        }
        if !GOES_ON.is_in(s) {
            unit.state = LineState::None;
        }
        match state {
            LineState::Masked => Vec::new(),
            LineState::Variables => {
                let shown = self.variables(unit, s);
                if unit.state == LineState::None {
                    unit.is_in_word = false;
                }
                shown
            }
            _ => {
                let shown = self.text(s, line);
                carried(s, shown)
            }
        }
    }

    fn unit_line(&mut self, unit: &mut UnitPlace, s: &[u8], line: usize) -> Vec<u8> {
        unit.is_in_word = false;
        self.awaited = None;
        self.block = None;
        self.open_quote = None;
        let goes_on = GOES_ON.is_in(s);
        let then = |state| if goes_on { state } else { LineState::None };
        let Some(at) = s.iter().position(|b| *b == b'=') else {
            unit.state = then(LineState::Shown);
            return self.plain(s, None);
        };
        let name: Vec<u8> = s[..at]
            .iter()
            .copied()
            .filter(|b| !b" \t".contains(b))
            .collect();
        let value = &s[at + 1..];
        if name == b"Environment" {
            unit.state = then(LineState::Variables);
            let shown = self.variables(unit, value);
            if !goes_on {
                unit.is_in_word = false;
            }
            return [&s[..=at], &shown].concat();
        }
        if name.starts_with(b"Exec") {
            return self.program(unit, s, (&name, value), line, goes_on);
        }
        if SHOWN.is_in(&name) {
            unit.state = then(LineState::Shown);
            return self.plain(s, None);
        }
        unit.state = then(LineState::Masked);
        match harmless(value, "") {
            true => s.to_vec(),
            false => self.behind(&s[..=at], "setting"),
        }
    }

    fn program(
        &mut self,
        unit: &mut UnitPlace,
        s: &[u8],
        (name, value): (&[u8], &[u8]),
        line: usize,
        goes_on: bool,
    ) -> Vec<u8> {
        let lead = PROGRAM_SIGNS.at_start(value).unwrap_or(0);
        let program = first_word(&value[lead..]);
        let own: Vec<u8> = last_part(program)
            .iter()
            .copied()
            .filter(|b| !b"\"'\r".contains(b))
            .collect();
        let is_none = own.is_empty() || own == b"\\";
        if is_none || name == b"ExecStart" && Self::is_shown_program(&own) {
            unit.state = if goes_on {
                LineState::Shown
            } else {
                LineState::None
            };
            let shown = self.text(s, line);
            return carried(s, shown);
        }
        unit.state = if goes_on {
            LineState::Masked
        } else {
            LineState::None
        };
        if ONE_WORD.is_in(value) {
            return self.plain(s, None);
        }
        let start = s.len() - value.len();
        let shown = self.plain(program, None);
        let before = [&s[..start + lead], &shown, b" "].concat();
        self.behind(&before, "arguments-of-other-process")
    }

    /// The words of a line of variables of a unit: of those that no rule reads the value is masked. A
    /// word may go on in quotes, and on the next line.
    fn variables(&mut self, unit: &mut UnitPlace, s: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(s.len());
        let mut i = 0;
        while let Some(c) = s.get(i).copied() {
            if !unit.is_in_word && b" \t\r\\".contains(&c) {
                out.push(c);
                i += 1;
                continue;
            }
            let start = i;
            if !unit.is_in_word {
                unit.is_in_word = true;
                unit.quote = Some(c).filter(|c| b"\"'".contains(c));
                unit.is_kept = None;
                i += usize::from(unit.quote.is_some());
            }
            let mut last = c;
            while let Some(c) = s.get(i).copied() {
                last = c;
                let is_end = match unit.quote {
                    None => b" \t\r".contains(&c),
                    Some(quote) => c == quote,
                };
                if is_end || c == b'\\' && i + 1 == s.len() {
                    break;
                }
                if c == b'\\' {
                    i += 1;
                } else if unit.quote.is_none()
                    && b"\"'".contains(&c)
                    && let Some(at) = memchr::memchr(c, &s[i + 1..])
                {
                    i += at + 1;
                }
                i += 1;
            }
            i = i.min(s.len());
            let shown = self.variable(unit, &s[start..i]);
            out.extend_from_slice(&shown);
            let at_end = i >= s.len();
            match unit.quote {
                Some(quote) if last == quote && !at_end => {
                    out.push(quote);
                    i += 1;
                    unit.is_in_word = false;
                }
                None => unit.is_in_word = false,
                Some(_) if at_end || last == b'\\' && i + 1 == s.len() => {
                    out.extend_from_slice(&s[i..]);
                    return out;
                }
                Some(_) => {}
            }
        }
        out
    }

    fn variable(&mut self, unit: &mut UnitPlace, word: &[u8]) -> Vec<u8> {
        let quote = usize::from(word.first().is_some_and(|b| b"\"'".contains(b)));
        let (quote, word) = word.split_at(quote);
        if let Some(is_kept) = unit.is_kept {
            if is_kept {
                return [quote, &self.plain(word, None)].concat();
            }
            return match word.is_empty() {
                true => Vec::new(),
                false => self.behind(quote, "env-value"),
            };
        }
        let Some(at) = word.iter().position(|b| *b == b'=') else {
            return match word.is_empty() {
                true => quote.to_vec(),
                false => self.behind(quote, "env-value"),
            };
        };
        let (name, value) = (&word[..at], &word[at + 1..]);
        let is_kept = is_read(name, value);
        unit.is_kept = Some(is_kept);
        if is_kept {
            return [quote, &self.plain(word, None)].concat();
        }
        match harmless(value, "") {
            true => [quote, word].concat(),
            false => self.behind(&[quote, name, b"="].concat(), "env-value"),
        }
    }

    /// A property of `systemctl show`: of programs that are no component the name.
    pub(super) fn property(&mut self, s: &[u8]) -> Vec<u8> {
        const ARGUMENTS: &[u8] = b"argv[]=";
        let at = memchr::memmem::find(s, ARGUMENTS).filter(|_| EXEC.is_in(s));
        let Some(at) = at else {
            return self.plain(s, None);
        };
        let start = at + ARGUMENTS.len();
        let program = first_word(&s[start..]);
        let rest = &s[start + program.len()..];
        if Self::is_shown_program(last_part(program)) || rest.starts_with(b" ;") {
            return self.plain(s, None);
        }
        let end = match ARGUMENTS_END.at_start(rest) {
            Some(end) => [b" ; ignore_errors=", &rest[end..]].concat(),
            None if rest.starts_with(b" ; ignore_errors=") => rest.to_vec(),
            None => Vec::new(),
        };
        let before = [&s[..start], program, b" "].concat();
        let mut out = self.behind(&before, "arguments-of-other-process");
        out.extend_from_slice(&end);
        out
    }
}

/// What goes on in the next line still does.
fn carried(s: &[u8], mut shown: Vec<u8>) -> Vec<u8> {
    if GOES_ON.is_in(s) && !GOES_ON.is_in(&shown) {
        shown.extend_from_slice(b" \\");
    }
    shown
}

/// A text up to its first blank.
pub(super) fn first_word(s: &[u8]) -> &[u8] {
    let end = s.iter().position(|b| b" \t".contains(b));
    &s[..end.unwrap_or(s.len())]
}

/// A path's last part.
pub(super) fn last_part(s: &[u8]) -> &[u8] {
    s.rsplit(|b| *b == b'/').next().unwrap_or_default()
}

/// Whether rules read a variable: those of the components, and lines of arguments.
pub(super) fn is_read(name: &[u8], value: &[u8]) -> bool {
    if is_allowed(name) {
        return true;
    }
    if secret(name).is_some() {
        return false;
    }
    let quote = usize::from(value.first().is_some_and(|b| b"\"'".contains(b)));
    READ_NAME.is_in(name)
        || READ_END.is_in(name)
        || READ_VALUE.is_in(&value[quote..])
        || RELEASE.is_in(name)
}

/// Where in a file of variables its reader is.
#[derive(Default)]
pub(super) struct Environment {
    quote: Option<u8>,
    goes_on: bool,
    is_kept: bool,
}

static ASSIGNMENT: MaskPattern =
    MaskPattern::of("^[ \t]*([#;]+[ \t]*)?(export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=");

impl Masker<'_> {
    /// One line of a file of variables.
    pub(super) fn environment(&mut self, file: &mut Environment, s: &[u8]) -> Vec<u8> {
        let kept = |masker: &mut Self, is_kept: bool| match is_kept {
            true => masker.awaited_value(s, None),
            false => Vec::new(),
        };
        if let Some(quote) = file.quote {
            if super::masker::closing(&[&[quote], s].concat(), quote).is_some() {
                file.quote = None;
            }
            return kept(self, file.is_kept);
        }
        if file.goes_on {
            file.goes_on = s.ends_with(b"\\");
            return kept(self, file.is_kept);
        }
        self.awaited = None;
        let Some(end) = ASSIGNMENT.at_start(s) else {
            return match s.get(blanks(s)) {
                Some(b'#' | b';') => self.remark(s),
                _ if harmless(s, "") => s.to_vec(),
                _ => self.behind(b"", "line"),
            };
        };
        let (before, value) = s.split_at(end);
        let is_remark = before.iter().any(|b| b"#;".contains(b));
        let name = before.strip_suffix(b"=").unwrap_or(before).trim_ascii_end();
        let start = name.iter().rposition(|b| b" \t#;".contains(b));
        let name = &name[start.map_or(0, |at| at + 1)..];
        let text = &value[blanks(value)..];
        file.is_kept = is_read(name, value);
        match text.first().copied().filter(|b| b"\"'".contains(b)) {
            Some(quote) => {
                if super::masker::closing(text, quote).is_none() && !is_remark {
                    file.quote = Some(quote);
                }
            }
            None => file.goes_on = value.ends_with(b"\\") && !is_remark,
        }
        if file.is_kept {
            return [before, &self.plain(value, None)].concat();
        }
        match harmless(value, "") {
            true => s.to_vec(),
            false => self.behind(before, "env-value"),
        }
    }
}
