//! What a flag takes beyond its kind.

use serde::Deserialize;

use super::super::literal::parse_duration;
use super::super::value::SettingValue;

/// A row of a component's ranges.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    pub flag: String,
    /// `LOW..HIGH`, either of which may be missing; words with `|` between; or `cidrs`, `origins`, `not-empty`.
    pub values: String,
    /// The first version that looks.
    pub first: Option<String>,
    /// The last one that is known to.
    pub last: Option<String>,
}

impl Range {
    /// Why a value is not taken.
    pub fn refuses(&self, value: &SettingValue) -> Option<String> {
        let outside = || Some(format!("and it takes {}", self.values));
        match (self.values.as_str(), value) {
            ("not-empty", SettingValue::Text(text)) => text
                .is_empty()
                .then(|| "and it takes no empty value".to_owned()),
            ("cidrs", SettingValue::Text(text)) => {
                let stranger = text.split(',').find(|cidr| !is_cidr(cidr))?;
                (!text.is_empty()).then(|| format!("and `{stranger}` is no network"))
            }
            ("origins", SettingValue::List(items)) => {
                let stranger = items.iter().find(|origin| !is_pinned(origin))?;
                Some(format!(
                    "and `{stranger}` is not pinned to the start and end of a host"
                ))
            }
            (values, value) => match values.split_once("..") {
                Some((low, high)) => (!is_within(value, low, high)).then(outside).flatten(),
                None => match value {
                    SettingValue::Text(text) if !values.split('|').any(|word| word == text) => {
                        outside()
                    }
                    _ => None,
                },
            },
        }
    }
}

fn is_within(value: &SettingValue, low: &str, high: &str) -> bool {
    let (number, bound): (f64, fn(&str) -> Option<f64>) = match value {
        #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
        SettingValue::Int(number) => (*number as f64, |text| text.parse().ok()),
        #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
        SettingValue::Duration(nanos) => (*nanos as f64, |text| {
            parse_duration(text).map(|nanos| nanos as f64)
        }),
        SettingValue::Text(text) => match text.parse() {
            Ok(number) => (number, |text| text.parse().ok()),
            Err(_) => return true,
        },
        _ => return true,
    };
    bound(low).is_none_or(|low| number >= low) && bound(high).is_none_or(|high| number <= high)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.trim().parse() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.trim().parse::<u8>().is_ok_and(|bits| bits <= most)
}

/// Whether an expression names the whole of a host.
fn is_pinned(origin: &str) -> bool {
    (origin.contains('^') || origin.contains("//"))
        && (origin.contains('$') || origin.contains(':'))
}
