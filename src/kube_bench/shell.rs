//! A script of a check → what it prints and how it ends, on evidence. No shell and no program ever
//! runs: `brush-parser` reads the grammar, and a closed list of commands reads the evidence.

mod commands;
mod files;
mod filters;
mod find;
mod grep;
mod known;
mod pattern;
mod words;

use std::collections::HashMap;

use brush_parser::ast::{
    AndOr, AndOrList, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem,
    CompoundCommand, CompoundList, IfClauseCommand, IoFileRedirectKind, IoFileRedirectTarget,
    IoRedirect, Pipeline, Program, SeparatorOperator, SimpleCommand, Word,
};
use brush_parser::{Parser, ParserOptions};

use super::host::AuditHost;
use super::stop::AuditStop;

/// Bytes of a script that are read: deeper nesting than fits in them is of no audit.
const SCRIPT: usize = 64 * 1024;
/// Marks and words in one script that may each nest what follows: published audits have up to some dozens.
const OPENERS: usize = 80;
/// Commands that one script may run, those of loops each time.
const STEPS: usize = 10_000;
/// Bytes that one script may print.
const PRINTED: usize = 16 * 1024 * 1024;
/// Scripts within scripts.
const DEPTH: usize = 16;

/// What a script printed, both streams in their order, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    chunks: Vec<(Stream, String)>,
    /// 0: well.
    pub status: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl Ran {
    fn of(status: i32, out: impl Into<String>, err: impl Into<String>) -> Self {
        let chunks = vec![(Stream::Err, err.into()), (Stream::Out, out.into())];
        Self { chunks, status }
    }

    fn out(out: impl Into<String>) -> Self {
        Self::of(0, out, "")
    }

    fn err(status: i32, err: impl Into<String>) -> Self {
        Self::of(status, "", err)
    }

    /// Both streams.
    #[must_use]
    pub fn text(&self) -> String {
        self.chunks.iter().map(|(_, text)| text.as_str()).collect()
    }

    fn stdout(&self) -> String {
        let out = self.chunks.iter().filter(|(of, _)| *of == Stream::Out);
        out.map(|(_, text)| text.as_str()).collect()
    }

    fn without(mut self, stream: Stream) -> Self {
        self.chunks.retain(|(of, _)| *of != stream);
        self
    }

    fn then(mut self, next: Self) -> Self {
        self.chunks.extend(next.chunks);
        self.status = next.status;
        self
    }
}

/// Runs scripts on one node's evidence.
pub struct Shell<'e> {
    host: &'e AuditHost<'e>,
    variables: HashMap<String, String>,
    steps: usize,
    depth: usize,
}

/// Runs a script as `/bin/sh` runs what it reads.
///
/// # Errors
/// What is not interpreted, or not in the evidence.
pub fn run(script: &str, host: &AuditHost<'_>) -> Result<Ran, AuditStop> {
    let mut shell = Shell {
        host,
        variables: HashMap::new(),
        steps: 0,
        depth: 0,
    };
    shell.script(script, "")
}

/// The grammar of a script.
///
/// # Errors
/// Where it is none.
pub fn parse(script: &str) -> Result<Program, AuditStop> {
    if script.len() > SCRIPT {
        return Err(AuditStop::at(format!(
            "a script of more than {SCRIPT} bytes"
        )));
    }
    // The parser takes a level of the stack for each.
    if openers(script) > OPENERS {
        return Err(AuditStop::at(format!(
            "a script of more than {OPENERS} substitutions, groups and compound commands"
        )));
    }
    let parsed = Parser::new(script.as_bytes(), &options()).parse_program();
    parsed.map_err(|_| AuditStop::at("a script that is not of the POSIX shell's grammar"))
}

/// What may nest in a script: substitutions, groups and compound commands.
fn openers(script: &str) -> usize {
    let marks = script.bytes().filter(|b| matches!(b, b'(' | b'{' | b'`'));
    let words = script.split(|c: char| !c.is_ascii_alphanumeric());
    let of_word = |word: &str| match word {
        "if" | "while" | "until" | "for" => 1,
        // It is parsed twice at each level.
        "case" => 7,
        _ => 0,
    };
    marks.count() + words.map(of_word).sum::<usize>()
}

/// The construct of a script that is not interpreted, as far as that can be told without evidence.
#[must_use]
pub fn not_understood(script: &str) -> Option<String> {
    match parse(script) {
        Err(AuditStop::NotUnderstood(what)) => Some(what),
        Err(_) => None,
        Ok(program) => {
            let lists = program.complete_commands.iter();
            lists.flat_map(known::unknown_in).next()
        }
    }
}

fn options() -> ParserOptions {
    ParserOptions {
        enable_extended_globbing: false,
        posix_mode: true,
        sh_mode: true,
        tilde_expansion_at_word_start: false,
        tilde_expansion_after_colon: false,
        ..ParserOptions::default()
    }
}

impl Shell<'_> {
    /// Another script in a shell of its own.
    fn script(&mut self, script: &str, stdin: &str) -> Result<Ran, AuditStop> {
        if self.depth >= DEPTH {
            return Err(AuditStop::at("scripts nested too deep"));
        }
        let program = parse(script)?;
        self.depth += 1;
        let kept = self.variables.clone();
        let mut ran = Ran::default();
        for list in &program.complete_commands {
            ran = ran.then(self.list(list, stdin)?);
        }
        self.variables = kept;
        self.depth -= 1;
        Ok(ran)
    }

    fn list(&mut self, list: &CompoundList, stdin: &str) -> Result<Ran, AuditStop> {
        let mut ran = Ran::default();
        for item in &list.0 {
            if matches!(item.1, SeparatorOperator::Async) {
                return Err(AuditStop::at("a command in the background"));
            }
            ran = ran.then(self.and_or(&item.0, stdin)?);
            let printed: usize = ran.chunks.iter().map(|(_, text)| text.len()).sum();
            if printed > PRINTED {
                return Err(AuditStop::at("a script that prints too much"));
            }
        }
        Ok(ran)
    }

    fn and_or(&mut self, list: &AndOrList, stdin: &str) -> Result<Ran, AuditStop> {
        let mut ran = self.pipeline(&list.first, stdin)?;
        for next in &list.additional {
            let (goes_on, pipeline) = match next {
                AndOr::And(pipeline) => (ran.status == 0, pipeline),
                AndOr::Or(pipeline) => (ran.status != 0, pipeline),
            };
            if goes_on {
                ran = ran.then(self.pipeline(pipeline, stdin)?);
            }
        }
        Ok(ran)
    }

    /// Commands whose output is the next one's input; the last one's status counts.
    fn pipeline(&mut self, pipeline: &Pipeline, stdin: &str) -> Result<Ran, AuditStop> {
        if pipeline.timed.is_some() {
            return Err(AuditStop::at("`time`"));
        }
        let mut input = stdin.to_owned();
        let mut errors = Ran::default();
        let count = pipeline.seq.len();
        for (at, command) in pipeline.seq.iter().enumerate() {
            let kept = self.variables.clone();
            let ran = self.command(command, &input)?;
            if at + 1 == count {
                if count > 1 {
                    self.variables = kept;
                }
                let mut ran = errors.then(ran);
                if pipeline.bang {
                    ran.status = i32::from(ran.status == 0);
                }
                return Ok(ran);
            }
            // Each command of a pipeline has a shell of its own.
            self.variables = kept;
            input = ran.stdout();
            errors = errors.then(ran.without(Stream::Out));
        }
        Ok(errors)
    }

    fn command(&mut self, command: &Command, stdin: &str) -> Result<Ran, AuditStop> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(AuditStop::at("a script of too many steps"));
        }
        match command {
            Command::Simple(simple) => self.simple(simple, stdin),
            Command::Compound(compound, redirects) => {
                let redirects = redirects.iter().flat_map(|list| &list.0).collect();
                let ran = self.compound(compound, stdin)?;
                redirected(ran, redirects)
            }
            Command::Function(_) => Err(AuditStop::at("a function")),
            _ => Err(AuditStop::at("`[[`")),
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, stdin: &str) -> Result<Ran, AuditStop> {
        match compound {
            CompoundCommand::IfClause(clause) => self.if_clause(clause, stdin),
            CompoundCommand::BraceGroup(group) => self.list(&group.list, stdin),
            CompoundCommand::Subshell(shell) => {
                let kept = self.variables.clone();
                let ran = self.list(&shell.list, stdin)?;
                self.variables = kept;
                Ok(ran)
            }
            CompoundCommand::ForClause(clause) => {
                let words = clause.values.as_deref();
                let words = words.ok_or_else(|| AuditStop::at("`for` over arguments"))?;
                let mut ran = Ran::default();
                for word in words {
                    let (fields, errors) = self.expand(word)?;
                    ran = ran.then(errors);
                    for value in fields {
                        self.variables.insert(clause.variable_name.clone(), value);
                        ran = ran.then(self.list(&clause.body.list, stdin)?);
                    }
                }
                Ok(ran)
            }
            CompoundCommand::WhileClause(_) => Err(AuditStop::at("`while`")),
            CompoundCommand::UntilClause(_) => Err(AuditStop::at("`until`")),
            CompoundCommand::CaseClause(_) => Err(AuditStop::at("`case`")),
            CompoundCommand::Arithmetic(_) | CompoundCommand::ArithmeticForClause(_) => {
                Err(AuditStop::at("arithmetic"))
            }
            CompoundCommand::Coprocess(_) => Err(AuditStop::at("a coprocess")),
        }
    }

    fn if_clause(&mut self, clause: &IfClauseCommand, stdin: &str) -> Result<Ran, AuditStop> {
        let mut ran = self.list(&clause.condition, stdin)?;
        if ran.status == 0 {
            return Ok(ran.then(self.list(&clause.then, stdin)?));
        }
        for part in clause.elses.iter().flatten() {
            if let Some(condition) = &part.condition {
                ran = ran.then(self.list(condition, stdin)?);
                if ran.status != 0 {
                    continue;
                }
            }
            return Ok(ran.then(self.list(&part.body, stdin)?));
        }
        ran.status = 0;
        Ok(ran)
    }

    fn simple(&mut self, command: &SimpleCommand, stdin: &str) -> Result<Ran, AuditStop> {
        let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let mut before = Ran::default();
        let mut redirects = Vec::new();
        let mut assigned = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for item in prefix {
            match item {
                CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) => {
                    let AssignmentName::VariableName(name) = &assignment.name else {
                        return Err(AuditStop::at("an array"));
                    };
                    let AssignmentValue::Scalar(value) = &assignment.value else {
                        return Err(AuditStop::at("an array"));
                    };
                    let (value, ran) = self.expand_whole(value)?;
                    before = before.then(ran);
                    assigned.push((name.clone(), value));
                }
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => redirects.push(redirect),
                _ => return Err(AuditStop::at("a word before a command")),
            }
        }
        let mut expand = |word: &Word, before: &mut Ran| -> Result<(), AuditStop> {
            let (fields, ran) = self.expand(word)?;
            *before = std::mem::take(before).then(ran);
            words.extend(fields);
            Ok(())
        };
        if let Some(name) = &command.word_or_name {
            expand(name, &mut before)?;
        }
        for item in suffix {
            match item {
                CommandPrefixOrSuffixItem::Word(word) => expand(word, &mut before)?,
                // `a=b` behind a command is a word as any other.
                CommandPrefixOrSuffixItem::AssignmentWord(_, word) => expand(word, &mut before)?,
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => redirects.push(redirect),
                CommandPrefixOrSuffixItem::ProcessSubstitution(..) => {
                    return Err(AuditStop::at("`<(`"));
                }
            }
        }
        let Some((name, arguments)) = words.split_first() else {
            self.variables.extend(assigned);
            return redirected(before, redirects);
        };
        if !assigned.is_empty() {
            return Err(AuditStop::at("a variable for one command"));
        }
        // What substitutions in the words ended with does not count any more.
        before.status = 0;
        let ran = self.call(name, arguments, stdin)?;
        Ok(before.then(redirected(ran, redirects)?))
    }
}

/// The output without what goes to `/dev/null`.
fn redirected(mut ran: Ran, redirects: Vec<&IoRedirect>) -> Result<Ran, AuditStop> {
    for redirect in redirects {
        let IoRedirect::File(fd, kind, target) = redirect else {
            return Err(AuditStop::at("a here-document, or a file of both streams"));
        };
        let stream = match (fd.unwrap_or(1), kind) {
            (1, IoFileRedirectKind::Write | IoFileRedirectKind::DuplicateOutput) => Stream::Out,
            (2, IoFileRedirectKind::Write | IoFileRedirectKind::DuplicateOutput) => Stream::Err,
            _ => return Err(AuditStop::at("a redirection other than of output")),
        };
        let to = match target {
            IoFileRedirectTarget::Filename(word) => word.value.clone(),
            IoFileRedirectTarget::Fd(fd) => format!("&{fd}"),
            IoFileRedirectTarget::Duplicate(word) => format!("&{}", word.value),
            IoFileRedirectTarget::ProcessSubstitution(..) => return Err(AuditStop::at("`>(`")),
        };
        match (stream, to.trim_start_matches(' ')) {
            (stream, "/dev/null") => ran = ran.without(stream),
            (Stream::Err, "&1") => {
                for (of, _) in &mut ran.chunks {
                    *of = Stream::Out;
                }
            }
            (_, to) => return Err(AuditStop::at(format!("output into {to}"))),
        }
    }
    Ok(ran)
}
