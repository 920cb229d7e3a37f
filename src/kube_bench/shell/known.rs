//! What of a script is not interpreted, found without running it: what is in it whatever the evidence.

use brush_parser::ast::{
    AndOr, AndOrList, Command, CommandPrefixOrSuffixItem, CompoundCommand, CompoundList, Pipeline,
    SimpleCommand,
};
use brush_parser::word::{self, WordPiece, WordPieceWithSource};

use super::{not_understood, options};

/// The commands that are interpreted.
const COMMANDS: [&str; 27] = [
    "true",
    ":",
    "false",
    "echo",
    "test",
    "[",
    "sh",
    "bash",
    "dash",
    "ps",
    "journalctl",
    "stat",
    "cat",
    "find",
    "xargs",
    "grep",
    "egrep",
    "fgrep",
    "sed",
    "awk",
    "head",
    "tail",
    "tr",
    "wc",
    "uniq",
    "sort",
    "cut",
];

/// Every construct and command of a list that is not interpreted, by name.
pub(super) fn unknown_in(list: &CompoundList) -> Vec<String> {
    list.0.iter().flat_map(|item| of_and_or(&item.0)).collect()
}

fn of_and_or(list: &AndOrList) -> Vec<String> {
    let more = list.additional.iter().map(|next| match next {
        AndOr::And(pipeline) | AndOr::Or(pipeline) => pipeline,
    });
    let all: Vec<&Pipeline> = std::iter::once(&list.first).chain(more).collect();
    let commands = all.into_iter().flat_map(|pipeline| &pipeline.seq);
    commands.flat_map(of_command).collect()
}

fn of_command(command: &Command) -> Vec<String> {
    let construct = |name: &str| vec![name.to_owned()];
    match command {
        Command::Simple(simple) => of_simple(simple),
        Command::Function(_) => construct("a function"),
        Command::Compound(compound, _) => match compound {
            CompoundCommand::IfClause(clause) => {
                let mut found = unknown_in(&clause.condition);
                found.extend(unknown_in(&clause.then));
                for part in clause.elses.iter().flatten() {
                    found.extend(part.condition.iter().flat_map(unknown_in));
                    found.extend(unknown_in(&part.body));
                }
                found
            }
            CompoundCommand::BraceGroup(group) => unknown_in(&group.list),
            CompoundCommand::Subshell(shell) => unknown_in(&shell.list),
            CompoundCommand::ForClause(clause) => {
                let words = clause.values.iter().flatten();
                let mut found: Vec<String> = words.flat_map(|word| of_word(&word.value)).collect();
                found.extend(unknown_in(&clause.body.list));
                found
            }
            CompoundCommand::WhileClause(_) => construct("`while`"),
            CompoundCommand::UntilClause(_) => construct("`until`"),
            CompoundCommand::CaseClause(_) => construct("`case`"),
            _ => construct("arithmetic, or a coprocess"),
        },
        _ => construct("`[[`"),
    }
}

fn of_simple(command: &SimpleCommand) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(name) = &command.word_or_name {
        let plain = name.value.trim_matches(['\'', '"']);
        let own = plain.strip_prefix("/usr").unwrap_or(plain);
        let own = own.strip_prefix("/bin/").unwrap_or(own);
        let is_name = !own.is_empty() && !own.contains(['$', '`', ' ']);
        if is_name && !COMMANDS.contains(&own) {
            found.push(format!("the command `{own}`"));
        }
        let script = matches!(own, "sh" | "bash" | "dash");
        let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
        let words = suffix.filter_map(|item| match item {
            CommandPrefixOrSuffixItem::Word(word) => Some(word.value.as_str()),
            _ => None,
        });
        if let ["-c", inner] = words.collect::<Vec<_>>().as_slice()
            && script
            && let Some(inner) = literal(inner)
        {
            found.extend(not_understood(&inner));
        }
        found.extend(of_word(&name.value));
    }
    let prefix = command.prefix.iter().flat_map(|prefix| &prefix.0);
    let suffix = command.suffix.iter().flat_map(|suffix| &suffix.0);
    for item in prefix.chain(suffix) {
        match item {
            CommandPrefixOrSuffixItem::Word(word)
            | CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                found.extend(of_word(&word.value));
            }
            CommandPrefixOrSuffixItem::ProcessSubstitution(..) => found.push("`<(`".to_owned()),
            CommandPrefixOrSuffixItem::IoRedirect(_) => {}
        }
    }
    found
}

/// What stands in the substitutions of a word.
fn of_word(text: &str) -> Vec<String> {
    let Ok(pieces) = word::parse(text, &options()) else {
        return vec![format!("the word `{text}`")];
    };
    of_pieces(&pieces)
}

fn of_pieces(pieces: &[WordPieceWithSource]) -> Vec<String> {
    let of = |piece: &WordPieceWithSource| match &piece.piece {
        WordPiece::DoubleQuotedSequence(inner) => of_pieces(inner),
        WordPiece::CommandSubstitution(script)
        | WordPiece::BackquotedCommandSubstitution(script) => {
            not_understood(script).into_iter().collect()
        }
        WordPiece::ArithmeticExpression(_) => vec!["arithmetic".to_owned()],
        _ => Vec::new(),
    };
    pieces.iter().flat_map(of).collect()
}

/// A word without substitutions.
fn literal(text: &str) -> Option<String> {
    let pieces = word::parse(text, &options()).ok()?;
    let mut whole = String::new();
    let mut push = |pieces: &[WordPieceWithSource]| {
        pieces.iter().all(|piece| match &piece.piece {
            WordPiece::Text(text) | WordPiece::SingleQuotedText(text) => {
                whole.push_str(text);
                true
            }
            WordPiece::EscapeSequence(text) => {
                whole.push_str(text.strip_prefix('\\').unwrap_or(text));
                true
            }
            _ => false,
        })
    };
    for piece in &pieces {
        let is_literal = match &piece.piece {
            WordPiece::DoubleQuotedSequence(inner) => push(inner),
            _ => push(std::slice::from_ref(piece)),
        };
        if !is_literal {
            return None;
        }
    }
    Some(whole)
}
