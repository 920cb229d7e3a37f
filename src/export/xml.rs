//! XML documents, and text of a bundle → text that XML 1.0 may hold.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// The attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// Writes elements, whatever their texts hold.
pub(super) struct Elements<'w>(Writer<&'w mut dyn Write>);

impl<'w> Elements<'w> {
    /// Begins a document.
    pub(super) fn begin(to: &'w mut dyn Write) -> io::Result<Self> {
        let mut begun = Self(Writer::new(to));
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        begun.0.write_event(Event::Decl(declaration))?;
        begun.line()?;
        Ok(begun)
    }

    pub(super) fn start(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.0.write_event(Event::Start(element(name, attributes)))
    }

    pub(super) fn end(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) -> io::Result<()> {
        self.0.write_event(Event::Empty(element(name, attributes)))
    }

    /// An element that holds a text.
    pub(super) fn text(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        value: &str,
    ) -> io::Result<()> {
        self.start(name, attributes)?;
        let value = text(value);
        self.0.write_event(Event::Text(BytesText::new(&value)))?;
        self.end(name)
    }

    pub(super) fn line(&mut self) -> io::Result<()> {
        self.0.get_mut().write_all(b"\n")
    }
}

fn element<'n>(name: &'n str, attributes: Attributes<'_>) -> BytesStart<'n> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, &*attribute(value)));
    }
    element
}

/// Characters that XML has no spelling for become U+FFFD; escaping is the writer's.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let is_none = |c: char| {
        c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_none) {
        text.replace(is_none, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// The same in an attribute, where readers make a blank of any white space: a line's end stays
/// visible as ` / `.
pub(super) fn attribute(value: &str) -> Cow<'_, str> {
    let value = text(value);
    if value.contains(['\t', '\n', '\r']) {
        let lines = value.lines().map(|line| line.replace(['\t', '\r'], " "));
        lines.collect::<Vec<_>>().join(" / ").into()
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_all_else_stays() {
        for (from, to) in [
            ("plain <&> ünï \u{1f512}", "plain <&> ünï \u{1f512}"),
            ("a\tb\nc\r", "a\tb\nc\r"),
            ("a\0b\u{1b}[31m", "a\u{fffd}b\u{fffd}[31m"),
            ("\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(text(from), to);
        }
        assert_eq!(attribute("one\ntwo\tthree"), "one / two three");
    }
}
