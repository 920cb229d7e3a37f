//! `expires` and `at` as written → times.

use jiff::Timestamp;
use jiff::civil::Date;

/// Until when something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Until {
    /// As written.
    pub text: String,
    /// The first moment at which it is over.
    end: Timestamp,
}

impl Until {
    /// Of an RFC 3339 time, or of a date: then to the end of that day in UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let end = match date(text) {
            Some(date) => midnight(date.tomorrow().ok()?)?,
            None => text.parse().ok()?,
        };
        Some(Self {
            text: text.to_owned(),
            end,
        })
    }

    /// The first moment at which it is over.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether it is over at `time`.
    #[must_use]
    pub fn is_over(&self, time: Timestamp) -> bool {
        time >= self.end
    }
}

/// When something was: an RFC 3339 time, or a date, which begins at midnight UTC.
pub(super) fn since(text: &str) -> Option<Timestamp> {
    match date(text) {
        Some(date) => midnight(date),
        None => text.parse().ok(),
    }
}

/// A date alone, as strict as its one spelling.
fn date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

fn midnight(date: Date) -> Option<Timestamp> {
    format!("{date}T00:00:00Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_holds_to_the_end_of_its_day_and_a_time_to_the_second() {
        for (until, now, over) in [
            ("2027-01-31", "2027-01-31T23:59:59Z", false),
            ("2027-01-31", "2027-02-01T00:00:00Z", true),
            ("2027-01-31T12:00:00Z", "2027-01-31T11:59:59Z", false),
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z", true),
            ("2027-01-31T12:00:00+02:00", "2027-01-31T10:00:00Z", true),
        ] {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(Until::parse(until).unwrap().is_over(now), over, "{until}");
        }
    }

    #[test]
    fn what_is_neither_date_nor_time_is_refused() {
        for text in [
            "",
            "never",
            "2027-02-30",
            "2027-1-31",
            "31.01.2027",
            "20270131",
            "2027-01-31T12:00:00",
            "9999-12-31x",
        ] {
            assert_eq!(Until::parse(text), None, "{text}");
            assert_eq!(since(text), None, "{text}");
        }
    }
}
