//! How cells look. A verdict is always a word; its colour tells it apart in print without colour
//! and for people who see fewer: what asks for action is dark, the rest is light.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::verdict::Verdict;

/// The look of a cell among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// A text.
    Text,
    /// A count.
    Count,
    /// A verdict.
    Verdict(Verdict),
}

impl Style {
    /// Of a cell that holds this verdict; of any other text, plain.
    pub(super) fn of_verdict(word: &str) -> Self {
        let named = Verdict::ALL.into_iter().find(|v| v.as_str() == word);
        named.map_or(Self::Text, Self::Verdict)
    }

    /// Its place in [`all`].
    pub(super) fn at(self) -> usize {
        match self {
            Self::Text => 0,
            Self::Count => 1,
            Self::Verdict(verdict) => {
                let at = Verdict::ALL.iter().position(|v| *v == verdict);
                at.map_or(0, |at| at + 2)
            }
        }
    }
}

/// Every look of a cell among many.
pub(super) fn all() -> Vec<Format> {
    let verdicts = Verdict::ALL.into_iter().map(verdict);
    [text(), count()].into_iter().chain(verdicts).collect()
}

/// Fill, ink, and the colour in a chart, where light fills would be lost.
fn colours(verdict: Verdict) -> (u32, u32, u32) {
    match verdict {
        Verdict::Pass => (0xDF_F1_EC, 0x12_4A_3C, 0x5F_B8_A0),
        Verdict::Fail => (0xB3_3A_10, 0xFF_FF_FF, 0xB3_3A_10),
        Verdict::Unknown => (0xFF_E2_8A, 0x4A_36_00, 0xF2_C1_4E),
        Verdict::Error => (0x54_2E_71, 0xFF_FF_FF, 0x54_2E_71),
        Verdict::NotApplicable => (0xED_ED_ED, 0x5A_5A_5A, 0xC4_C4_C4),
        Verdict::Manual => (0xDC_E8_F6, 0x1B_3A_5C, 0x8F_B4_DC),
    }
}

fn plain() -> Format {
    Format::new().set_font_size(10).set_align(FormatAlign::Top)
}

/// A text in one line.
pub(super) fn text() -> Format {
    plain()
}

/// A text over several lines.
pub(super) fn wrapped() -> Format {
    plain().set_text_wrap().set_indent(1)
}

/// A count.
pub(super) fn count() -> Format {
    plain()
        .set_num_format("#,##0")
        .set_align(FormatAlign::Right)
        .set_indent(1)
}

/// A verdict.
pub(super) fn verdict(verdict: Verdict) -> Format {
    let (fill, ink, _) = colours(verdict);
    let format = plain()
        .set_align(FormatAlign::Center)
        .set_background_color(Color::RGB(fill))
        .set_font_color(Color::RGB(ink))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::White);
    match verdict {
        Verdict::Fail | Verdict::Error => format.set_bold(),
        _ => format,
    }
}

/// A verdict in a chart.
pub(super) fn in_chart(verdict: Verdict) -> Color {
    Color::RGB(colours(verdict).2)
}

/// The head of a column.
pub(super) fn head() -> Format {
    plain()
        .set_align(FormatAlign::Bottom)
        .set_bold()
        .set_text_wrap()
        .set_background_color(Color::RGB(0x1F_3A_4D))
        .set_font_color(Color::White)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::White)
}

/// The head of a column of counts.
pub(super) fn count_head() -> Format {
    head().set_align(FormatAlign::Right).set_indent(1)
}

/// What a sheet is about.
pub(super) fn title() -> Format {
    Format::new().set_bold().set_font_size(14)
}

/// What a part of a sheet is about.
pub(super) fn heading() -> Format {
    Format::new().set_bold().set_font_size(12)
}

/// A line that stands for those below it.
pub(super) fn strong(format: Format) -> Format {
    format
        .set_bold()
        .set_background_color(Color::RGB(0xF2_F5_F7))
}
