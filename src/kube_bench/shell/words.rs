//! A word of a script → its fields: substitution, splitting, file names.

use brush_parser::ast::Word;
use brush_parser::word::{
    self, Parameter, ParameterExpr, ParameterTestType, WordPiece, WordPieceWithSource,
};

use super::{Ran, Shell, Stream, files, options};
use crate::kube_bench::stop::AuditStop;

/// A field in the making: its text, and the same as a pattern in which quoted characters stand for
/// themselves.
#[derive(Default)]
struct WordField {
    text: String,
    pattern: String,
    is_pattern: bool,
}

#[derive(Default)]
struct WordFields {
    done: Vec<WordField>,
    open: Option<WordField>,
}

impl WordFields {
    fn push(&mut self, text: &str, is_quoted: bool) {
        let field = self.open.get_or_insert_default();
        field.text.push_str(text);
        for c in text.chars() {
            let is_special = matches!(c, '*' | '?' | '[' | ']' | '\\');
            if is_special && (is_quoted || c == '\\') {
                field.pattern.push('\\');
            }
            field.is_pattern |= matches!(c, '*' | '?' | '[') && !is_quoted;
            field.pattern.push(c);
        }
    }

    /// What a substitution without quotes gave, split at blanks.
    fn split(&mut self, text: &str) {
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n');
        let mut parts = text.split(is_blank).peekable();
        while let Some(part) = parts.next() {
            if !part.is_empty() {
                self.push(part, false);
            }
            if parts.peek().is_some() {
                self.done.extend(self.open.take());
            }
        }
    }
}

impl Shell<'_> {
    /// The fields of a word; what its substitutions printed to the other stream, with their status.
    pub(super) fn expand(&mut self, word: &Word) -> Result<(Vec<String>, Ran), AuditStop> {
        let mut fields = WordFields::default();
        let ran = self.pieces(&pieces(&word.value)?, false, true, &mut fields)?;
        fields.done.extend(fields.open.take());
        let mut expanded = Vec::new();
        for field in fields.done {
            match field.is_pattern {
                true => match files::glob(self.host, &field.pattern)? {
                    found if found.is_empty() => expanded.push(field.text),
                    found => expanded.extend(found),
                },
                false => expanded.push(field.text),
            }
        }
        Ok((expanded, ran))
    }

    /// The same as one text, neither split nor matched: what is assigned.
    pub(super) fn expand_whole(&mut self, word: &Word) -> Result<(String, Ran), AuditStop> {
        let mut fields = WordFields::default();
        let ran = self.pieces(&pieces(&word.value)?, true, true, &mut fields)?;
        Ok((fields.open.unwrap_or_default().text, ran))
    }

    fn pieces(
        &mut self,
        pieces: &[WordPieceWithSource],
        is_quoted: bool,
        is_outside: bool,
        fields: &mut WordFields,
    ) -> Result<Ran, AuditStop> {
        let mut ran = Ran::default();
        for piece in pieces {
            match &piece.piece {
                WordPiece::Text(text) => fields.push(text, is_quoted),
                WordPiece::SingleQuotedText(text) => fields.push(text, true),
                WordPiece::DoubleQuotedSequence(inner) => {
                    fields.push("", true);
                    ran = ran.then(self.pieces(inner, true, false, fields)?);
                }
                WordPiece::EscapeSequence(text) => {
                    let escaped = text.strip_prefix('\\').unwrap_or(text);
                    match (is_outside, escaped) {
                        (_, "\n") => {}
                        // Within quotes a backslash stands for itself before most characters.
                        (false, c) if !matches!(c, "$" | "`" | "\"" | "\\") => {
                            fields.push("\\", true);
                            fields.push(c, true);
                        }
                        (_, c) => fields.push(c, true),
                    }
                }
                WordPiece::ParameterExpansion(parameter) => {
                    let value = self.parameter(parameter)?;
                    match is_quoted {
                        true => fields.push(&value, true),
                        false => fields.split(&value),
                    }
                }
                WordPiece::CommandSubstitution(script)
                | WordPiece::BackquotedCommandSubstitution(script) => {
                    let inner = self.script(script, "")?;
                    let out = inner.stdout();
                    let out = out.trim_end_matches('\n');
                    match is_quoted {
                        true => fields.push(out, true),
                        false => fields.split(out),
                    }
                    ran = ran.then(inner.without(Stream::Out));
                }
                WordPiece::AnsiCQuotedText(_) => return Err(AuditStop::at("`$'`")),
                WordPiece::GettextDoubleQuotedSequence(_) => return Err(AuditStop::at("`$\"`")),
                WordPiece::TildeExpansion(_) => fields.push("~", is_quoted),
                WordPiece::ArithmeticExpression(_) => return Err(AuditStop::at("arithmetic")),
            }
        }
        Ok(ran)
    }

    fn parameter(&self, parameter: &ParameterExpr) -> Result<String, AuditStop> {
        let (name, otherwise) = match parameter {
            ParameterExpr::Parameter {
                parameter: Parameter::Named(name),
                indirect: false,
            } => (name, None),
            ParameterExpr::UseDefaultValues {
                parameter: Parameter::Named(name),
                indirect: false,
                test_type: ParameterTestType::UnsetOrNull,
                default_value: Some(text),
            } if !text.contains(['$', '`', '"', '\'', '\\']) => (name, Some(text)),
            _ => return Err(AuditStop::at("a parameter other than a variable")),
        };
        // The environment that kube-bench ran in is not known, but for what nobody sets.
        const KNOWN_TO_VARY: [&str; 6] = ["HOME", "PATH", "PWD", "USER", "HOSTNAME", "KUBECONFIG"];
        match self.variables.get(name) {
            Some(value) if !value.is_empty() || otherwise.is_none() => Ok(value.clone()),
            _ if otherwise.is_some() => Ok(otherwise.cloned().unwrap_or_default()),
            _ if KNOWN_TO_VARY.contains(&name.as_str()) => Err(AuditStop::at(format!(
                "the variable ${name} of the environment"
            ))),
            _ => Ok(String::new()),
        }
    }
}

fn pieces(word: &str) -> Result<Vec<WordPieceWithSource>, AuditStop> {
    word::parse(word, &options()).map_err(|_| AuditStop::at(format!("the word `{word}`")))
}
