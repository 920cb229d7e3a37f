//! A text and its YAML 1.2 events → whether libyaml 1.1, which the kubelet uses, reads it the same.
//! Where the two differ the document is an error: a guess could turn a verdict round.

use granit_parser::{ErrorKind, Event, ScalarStyle, ScanError, Span, StructureStyle};

use super::spelling;
use crate::evidence::document::ParseError;

/// What the check of a document has seen of it so far.
pub(super) struct Dialect<'a> {
    text: &'a str,
    /// Scalars have marks to be taken back.
    has_marks: bool,
    /// Open flow collections, and the line the outermost began on.
    flow_depth: usize,
    flow_line: usize,
    /// The line of the node before, where that is a key between brackets; its anchor comes behind it.
    key_line: Option<usize>,
    /// Open collections, and the column that each begins in.
    open: Vec<(StructureStyle, usize)>,
    /// Lines whose leading blanks are content, or which no block structure can begin on.
    covered: Vec<std::ops::RangeInclusive<usize>>,
}

impl<'a> Dialect<'a> {
    /// Checks the characters of a whole text.
    ///
    /// # Errors
    /// One that YAML 1.1 refuses, or takes as a line break where YAML 1.2 does not.
    pub(super) fn of(text: &'a str, has_marks: bool) -> Result<Self, ParseError> {
        let strange = |c: char| match c {
            '\t' | '\n' | '\r' | ' '..='~' => false,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
            _ => c < '\u{a0}',
        };
        if let Some((before, found)) = text
            .char_indices()
            .find(|(_, c)| strange(*c))
            .and_then(|(at, c)| Some((text.get(..at)?, c)))
        {
            return Err(ParseError {
                line: line_number(before.matches('\n').count() + 1),
                what: format!("holds the character U+{:04X}", u32::from(found)),
            });
        }
        if !has_marks && spelling::is_to_be_marked(text) {
            return Err(ParseError {
                line: 0,
                what: "holds the character U+E000 beside a colon before a bracket".to_owned(),
            });
        }
        let blank =
            |line: &&str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
        let mut content = lines(text).zip(1..).skip_while(|(line, _)| blank(line));
        if let Some((first, line)) = content.next()
            && first.split([' ', '\t']).next() == Some("...")
        {
            return Err(ParseError {
                line: line_number(line),
                what: "ends a document before there is one".to_owned(),
            });
        }
        Ok(Self {
            text,
            has_marks,
            flow_depth: 0,
            flow_line: 0,
            key_line: None,
            open: Vec::new(),
            covered: Vec::new(),
        })
    }

    /// Takes the next event of the document.
    ///
    /// # Errors
    /// The node is written in a way that YAML 1.1 reads differently or refuses.
    pub(super) fn see(&mut self, event: &Event<'_>, span: &Span) -> Result<(), ParseError> {
        let refuse = |what: &str| {
            Err(ParseError {
                line: line_number(span.start.line()),
                what: what.to_owned(),
            })
        };
        let key_line = self.key_line.take();
        if let Event::Scalar(.., Some(tag))
        | Event::SequenceStart(.., Some(tag))
        | Event::MappingStart(.., Some(tag)) = event
            && !tag.suffix().chars().all(may_be_in_tag)
        {
            return refuse("a tag has a character that YAML 1.1 has in no tag");
        }
        match event {
            Event::Anchor(_, name) => {
                let known = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                if !name.chars().all(known) {
                    return refuse("the name of an anchor has more than letters, digits, _ and -");
                }
                if self.runs_on(span) {
                    return refuse("the name of an anchor has no blank after it");
                }
                if key_line.is_some_and(|line| span.start.line() < line) {
                    return refuse("a key between brackets is not on one line with its anchor");
                }
            }
            Event::Alias(_) if self.runs_on(span) => {
                return refuse("the name of an anchor has no blank after it");
            }
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                self.open.push((*style, span.start.col()));
                if *style == StructureStyle::Flow {
                    if self.flow_depth == 0 {
                        self.flow_line = span.start.line();
                    }
                    self.flow_depth += 1;
                }
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end.line()),
            Event::Scalar(value, _, _, Some(_)) if value.is_empty() && self.is_glued(span) => {
                return refuse("a tag has no blank after it");
            }
            Event::Scalar(value, style, ..) => return self.see_scalar(value, *style, span),
            _ => {}
        }
        Ok(())
    }

    /// The event as libyaml gives it: where the text ends without a line break, so does the block
    /// scalar it ends with.
    pub(super) fn as_libyaml<'e>(&self, event: Event<'e>, span: &Span) -> Event<'e> {
        let event = match event {
            Event::Scalar(value, style, anchor, tag) if self.has_marks => {
                match spelling::restored(&value) {
                    Some(value) => Event::Scalar(value.into(), style, anchor, tag),
                    None => Event::Scalar(value, style, anchor, tag),
                }
            }
            event => event,
        };
        match event {
            Event::Scalar(
                value,
                style @ (ScalarStyle::Literal | ScalarStyle::Folded),
                anchor,
                tag,
            ) if value.ends_with('\n')
                && !self.text.ends_with(['\n', '\r'])
                && span.end.byte_offset() == Some(self.text.len()) =>
            {
                let mut value = value.into_owned();
                value.pop();
                Event::Scalar(value.into(), style, anchor, tag)
            }
            event => event,
        }
    }

    /// Whether a node ends right before what ends an entry between brackets.
    fn is_glued(&self, span: &Span) -> bool {
        let end = span.end.byte_offset();
        let Some((before, after)) = end.and_then(|at| self.text.split_at_checked(at)) else {
            return false;
        };
        after.starts_with([',', '}', ']']) && !before.ends_with([' ', '\t', '\n', '\r', '"', '\''])
    }

    /// Whether what may not follow the name of an anchor follows it.
    fn runs_on(&self, span: &Span) -> bool {
        let end = span.end.byte_offset();
        let after = end.and_then(|at| self.text.get(at..)?.chars().next());
        after.is_some_and(|c| !" \t\r\n?:,]}%@`".contains(c))
    }

    /// Whether a node goes to the end of a text that has no line break there.
    fn ends_open(&self, span: &Span) -> bool {
        !self.text.ends_with(['\n', '\r']) && span.end.byte_offset() == Some(self.text.len())
    }

    /// Whether a line of a block scalar has a tab left of where its text begins.
    fn tab_left_of_block(&self, span: &Span) -> bool {
        let column = span.start.col();
        let start = span
            .start
            .byte_offset()
            .and_then(|at| at.checked_sub(column));
        let block = start.and_then(|at| self.text.get(at..)).unwrap_or("");
        let count = span.end.line().saturating_sub(span.start.line()) + 1;
        lines(block)
            .take(count)
            .any(|line| tab_left_of(line, column))
    }

    /// Whether a line that a plain text between brackets goes on in, or a blank one right behind it, has
    /// a tab left of where the block around them indents.
    fn tab_in_plain(&self, span: &Span, after: &str) -> bool {
        let mut blocks = self.open.iter().rev();
        let Some((_, column)) = blocks.find(|(style, _)| *style == StructureStyle::Block) else {
            return false;
        };
        let blank = after.len() - after.trim_ascii_start().len();
        let start = span.start.byte_offset();
        let end = self.text.len() - after.len() + blank;
        let text = start.and_then(|start| self.text.get(start..end));
        let mut further = lines(text.unwrap_or("")).skip(1);
        further.any(|line| tab_left_of(line, column + 1))
    }

    fn close(&mut self, line: usize) {
        if matches!(self.open.pop(), Some((StructureStyle::Flow, _))) {
            self.flow_depth -= 1;
            if self.flow_depth == 0 {
                self.covered.push(self.flow_line + 1..=line);
            }
        }
    }

    fn see_scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        span: &Span,
    ) -> Result<(), ParseError> {
        let first = span.start.line();
        let refuse = |what: &str| {
            Err(ParseError {
                line: line_number(first),
                what: what.to_owned(),
            })
        };
        if self.flow_depth > 0 {
            let end = span.end.byte_offset().unwrap_or(self.text.len());
            let after = self.text.get(end..).unwrap_or("");
            let same_line = after.trim_start_matches([' ', '\t']);
            let broken = span.end.line() > first || !same_line.starts_with(':');
            if without_blanks(after).starts_with(':') {
                self.key_line = Some(first);
                let tag = span.tag_start().map_or(first, |tag| tag.line());
                if broken || tag < first {
                    return refuse(
                        "a key between brackets is not on one line with its `:` and tag",
                    );
                }
            }
            if style == ScalarStyle::Plain {
                if self.tab_in_plain(span, after) {
                    return refuse("a tab stands where only spaces may indent");
                }
                if value.contains('?') || spelling::begins_with_colon(value) {
                    return refuse("text with ? or : between brackets needs quotes");
                }
                let mut after = after.chars();
                if after.next() == Some(':')
                    && matches!(after.next(), Some(',' | '[' | ']' | '{' | '}'))
                {
                    return refuse("a `:` between brackets has no blank after it");
                }
            }
        }
        match style {
            ScalarStyle::Plain => {}
            ScalarStyle::SingleQuoted => self.covered.push(first + 1..=span.end.line()),
            ScalarStyle::DoubleQuoted => {
                self.covered.push(first + 1..=span.end.line());
                if span.slice(self.text).is_none_or(escapes_a_slash) {
                    return refuse("`\\/` is no escape in YAML 1.1");
                }
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                if self.tab_left_of_block(span) {
                    return refuse("a tab stands where only spaces may indent, in a block of text");
                }
                let block = span.slice(self.text).unwrap_or("");
                let last_line = lines(block).last().unwrap_or("");
                if self.ends_open(span) && last_line.trim_ascii().is_empty() {
                    return refuse("a block of text ends in blanks without a line break");
                }
                let last = span.end.line() - usize::from(span.end.col() == 0);
                self.covered.push(first + 1..=last);
            }
        }
        Ok(())
    }

    /// An error of the parser; one about a tab is placed on the tab's line, not the scalar's first.
    pub(super) fn place(&self, error: &ScanError) -> ParseError {
        let mut line = error.marker().line();
        if *error.kind() == ErrorKind::TabInPlainScalar {
            let from = lines(self.text).skip(line.saturating_sub(1));
            line += from.take_while(|line| !tab_in_indentation(line)).count();
        }
        ParseError {
            line: line_number(line),
            what: error.info(),
        }
    }

    /// The last line that libyaml reads of a document whose end is at `span`: without a mark that ends
    /// it, the blank lines and comments behind it too.
    pub(super) fn last_line(&self, span: &Span) -> usize {
        let line = span.start.line();
        let after = span.start.byte_offset().and_then(|at| self.text.get(at..));
        let mut after = lines(after.unwrap_or("")).peekable();
        let is_mark = |line: &&str| line.starts_with("---") || line.starts_with("...");
        if after.next_if(is_mark).is_some() {
            return line;
        }
        let says_nothing = |line: &&str| {
            let text = line.trim_ascii_start();
            text.is_empty() || text.starts_with('#')
        };
        line + after.take_while(says_nothing).count()
    }

    /// Whether text that begins no other document, and that libyaml may refuse, follows the end of
    /// this one at `span`.
    pub(super) fn goes_on_after(&self, span: &Span) -> bool {
        let after = span.start.byte_offset().and_then(|at| self.text.get(at..));
        let after = after.unwrap_or("").trim_ascii_start();
        let ends = ["---", "..."].iter().any(|mark| after.starts_with(mark));
        !(after.is_empty() || ends || spelling::is_plain_key(after))
    }

    /// Checks how the lines up to the document's end are indented.
    ///
    /// # Errors
    /// A tab where only spaces may stand.
    pub(super) fn finish(self, last_line: usize) -> Result<(), ParseError> {
        if !self.text.contains('\t') {
            return Ok(());
        }
        let mut covered = self.covered.iter().peekable();
        for (index, line) in lines(self.text).take(last_line).enumerate() {
            let number = index + 1;
            while covered.next_if(|range| *range.end() < number).is_some() {}
            let inside = covered.peek().is_some_and(|range| range.contains(&number));
            if !inside && tab_in_indentation(line) {
                return Err(ParseError {
                    line: line_number(number),
                    what: "a tab stands where only spaces may indent".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// A line number as the document has it.
pub(super) fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(0)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split('\r'))
}

/// Whether a tab stands among the blanks that begin a line, left of a column.
fn tab_left_of(line: &str, column: usize) -> bool {
    let text = line.trim_start_matches(' ');
    line.len() - text.len() < column && text.starts_with('\t')
}

fn tab_in_indentation(line: &str) -> bool {
    let mut rest = line.trim_start_matches(' ');
    while let Some(after) = rest.strip_prefix(['-', '?', ':']) {
        if after.starts_with('\t') {
            return true;
        }
        let Some(after) = after.strip_prefix(' ') else {
            return false;
        };
        rest = after.trim_start_matches(' ');
    }
    rest.starts_with('\t')
}

/// What comes after blanks, line breaks and comments.
fn without_blanks(text: &str) -> &str {
    let mut rest = text.trim_ascii_start();
    while rest.starts_with('#') {
        let comment = rest.find(['\n', '\r']).unwrap_or(rest.len());
        rest = rest.get(comment..).unwrap_or("").trim_ascii_start();
    }
    rest
}

fn may_be_in_tag(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_;/?:@&=+$,.!~*'()[]%".contains(c)
}

fn escapes_a_slash(quoted: &str) -> bool {
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.next() == Some('/') {
            return true;
        }
    }
    false
}
