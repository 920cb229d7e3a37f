//! Lists of networks as systemd shows them → whether they are all addresses of a family there are.
//!
//! Source: systemd.resource-control(5), IPAddressAllow=.

use std::net::IpAddr;

/// The first and the last address of a range, as numbers of its family.
type Range = (u128, u128);

/// The first family of which a list has every address.
pub(super) fn whole_family(text: &str) -> Option<&'static str> {
    let (mut four, mut six) = (Vec::new(), Vec::new());
    for network in text.split_whitespace() {
        match range(network) {
            Some((true, range)) => six.push(range),
            Some((false, range)) => four.push(range),
            None if network == "any" => return Some("IPv4"),
            None => {}
        }
    }
    if covers(four, u128::from(u32::MAX)) {
        return Some("IPv4");
    }
    covers(six, u128::MAX).then_some("IPv6")
}

/// Whether a network is of IPv6, and its addresses.
fn range(network: &str) -> Option<(bool, Range)> {
    let (address, prefix) = match network.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
        None => (network, None),
    };
    let (bits, number) = match address.parse().ok()? {
        IpAddr::V4(four) => (32, u128::from(u32::from(four))),
        IpAddr::V6(six) => (128, u128::from(six)),
    };
    let host_bits = bits - prefix.unwrap_or(bits).min(bits);
    let hosts = match host_bits {
        128 => u128::MAX,
        bits => (1 << bits) - 1,
    };
    Some((bits == 128, (number & !hosts, number | hosts)))
}

/// Whether ranges leave out no number from 0 to the last.
fn covers(mut ranges: Vec<Range>, last: u128) -> bool {
    ranges.sort_unstable();
    let mut next = 0;
    for (first, end) in ranges {
        if first > next {
            return false;
        }
        if end >= last {
            return true;
        }
        next = next.max(end + 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_whole_in_one_network_or_in_parts() {
        let quarters = "0.0.0.0/2 64.0.0.0/2 128.0.0.0/2 192.0.0.0/2";
        for (text, expected) in [
            ("::/0 0.0.0.0/0", Some("IPv4")),
            ("0.0.0.0/0", Some("IPv4")),
            ("10.1.2.3/0", Some("IPv4")),
            ("::/0", Some("IPv6")),
            ("any", Some("IPv4")),
            ("0.0.0.0/1 128.0.0.0/1", Some("IPv4")),
            ("128.0.0.0/1 10.0.0.0/8 0.0.0.0/1", Some("IPv4")),
            ("::/1 8000::/1", Some("IPv6")),
            ("8000::/1 ::/2 4000::/2", Some("IPv6")),
            (quarters, Some("IPv4")),
            (
                "0.0.0.0/1 128.0.0.0/2 192.0.0.0/3 240.0.0.0/4 224.0.0.0/4",
                Some("IPv4"),
            ),
            ("0.0.0.0/1", None),
            ("0.0.0.0/1 ::/1", None),
            ("0.0.0.0/1 128.0.0.0/2", None),
            ("128.0.0.0/1 0.0.0.0/2 65.0.0.0/8", None),
            ("10.0.0.0/24 127.0.0.0/8", None),
            ("localhost 1.2.3.4", None),
            ("x 1.2.3/4 ::/x", None),
            ("", None),
        ] {
            assert_eq!(whole_family(text), expected, "{text}");
        }
    }
}
