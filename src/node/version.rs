//! Kubernetes versions, as the kubelet and the API write them.

use std::fmt;

/// A Kubernetes version. Rules and defaults depend on the minor version; the rest is for people
/// and for recognising the platform (`-eks-…`, `-gke.…`, `+k3s1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Major and minor.
    pub minor: Minor,
    /// What stands behind the minor version: `.3-eks-ae9a62a`.
    pub rest: String,
}

/// A major and a minor version, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(pub u16, pub u16);

impl Minor {
    /// Reads `1.28`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Version {
    /// Reads `v1.29.3-eks-ae9a62a`, with or without the `v`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (major, tail) = text.split_once('.')?;
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let (minor, rest) = tail.split_at(digits);
        if !(rest.is_empty() || rest.starts_with(['.', '-', '+'])) {
            return None;
        }
        Some(Self {
            minor: Minor(major.parse().ok()?, minor.parse().ok()?),
            rest: rest.to_owned(),
        })
    }

    /// The first version in a text such as `Kubernetes v1.31.2`, what `kubelet --version` prints.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        text.split_whitespace()
            .filter(|word| word.starts_with('v'))
            .find_map(Self::parse)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}{}", self.minor, self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_vendors_write_them() {
        for (text, minor, rest) in [
            ("v1.29.3-eks-ae9a62a", Minor(1, 29), ".3-eks-ae9a62a"),
            ("1.31.2", Minor(1, 31), ".2"),
            ("v1.30.1+k3s1", Minor(1, 30), ".1+k3s1"),
            ("v1.28", Minor(1, 28), ""),
        ] {
            let version = Version::parse(text).unwrap();
            assert_eq!(
                (version.minor, version.rest.as_str()),
                (minor, rest),
                "{text}"
            );
        }
        for text in ["", "v1", "vx.y", "v1.x", "1.2x"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(
            Version::find("Kubernetes v1.31.2\n").unwrap().minor,
            Minor(1, 31)
        );
    }
}
