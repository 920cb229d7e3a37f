//! What the text of some flags must be beyond their kind, as the kubelet's own flag types read it:
//! pairs with one sign between their halves, addresses, taints, levels of logging.

/// What more than its kind a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagShape {
    /// Anything.
    Any,
    /// Pairs with this between their halves.
    Pairs(char),
    /// An address.
    Address,
    /// Taints: `key=value:effect`, the value and the effect where there are any.
    Taints,
    /// A decimal number without a sign.
    Level,
    /// `pattern=N`, more than once.
    Levels,
    /// A number without a sign.
    Unsigned,
}

impl FlagShape {
    /// That of a flag, by the type that the table of flags has.
    pub(super) fn of(name: &str, kind: &str) -> Self {
        match (name, kind) {
            // Its pairs may lack the second half, and gates are read by their own kind.
            ("node-labels" | "feature-gates", _) => Self::Any,
            (_, "map") => Self::Pairs('='),
            (_, "less-map") => Self::Pairs('<'),
            (_, "colon-map") => Self::Pairs(':'),
            (_, "ip") => Self::Address,
            (_, "uint") => Self::Unsigned,
            ("register-with-taints", _) => Self::Taints,
            ("v", _) => Self::Level,
            ("vmodule", _) => Self::Levels,
            _ => Self::Any,
        }
    }

    /// Why a text is not of it.
    pub(super) fn refuses(self, text: &str) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Taints => {
                let stranger = text.split(',').find(|taint| !is_taint(taint))?;
                (!text.is_empty()).then(|| format!("`{stranger}` is no taint"))
            }
            Self::Unsigned => text
                .starts_with('-')
                .then(|| format!("`{text}` is below zero")),
            Self::Level => (!is_level(text)).then(|| format!("`{text}` is no level")),
            Self::Levels => {
                let mut pairs = text.split(',').filter(|pair| !pair.is_empty());
                let stranger = pairs.find(|pair| {
                    let halves = pair.split_once('=');
                    !halves.is_some_and(|(pattern, level)| !pattern.is_empty() && is_level(level))
                })?;
                Some(format!("`{stranger}` is no pattern with a level"))
            }
            Self::Pairs(between) => {
                let mut pairs = text.split(',').filter(|pair| !pair.is_empty());
                let lacks = pairs.find(|pair| !pair.contains(between))?;
                Some(format!("`{lacks}` has no `{between}`"))
            }
            Self::Address => {
                (!text.is_empty() && !is_address(text)).then(|| format!("`{text}` is no address"))
            }
        }
    }
}

/// As Kubernetes reads addresses: zeros may lead the parts of an IPv4 one.
fn is_address(text: &str) -> bool {
    let is_part = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits && part.parse::<u8>().is_ok()
    };
    let sloppy = || text.split('.').count() == 4 && text.split('.').all(is_part);
    text.parse::<std::net::IpAddr>().is_ok() || sloppy()
}

fn is_level(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok()
}

fn is_taint(text: &str) -> bool {
    let (label, effect) = text.split_once(':').unwrap_or((text, ""));
    let effects = ["", "NoSchedule", "PreferNoSchedule", "NoExecute"];
    let key = label.split('=').next().unwrap_or_default();
    !key.is_empty() && label.matches('=').count() < 2 && effects.contains(&effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_of_its_shape_or_says_why_not() {
        for (shape, text, is_right) in [
            (FlagShape::Any, "\0", true),
            (FlagShape::Pairs('<'), "a<1,,b<2", true),
            (FlagShape::Pairs('<'), "a=1", false),
            (FlagShape::Pairs('='), "", true),
            (FlagShape::Address, "010.0.0.1", true),
            (FlagShape::Address, "256.0.0.1", false),
            (FlagShape::Address, "fe80::1", true),
            (FlagShape::Address, "fe80::1%eth0", false),
            (FlagShape::Address, "1.2.3", false),
            (FlagShape::Address, "+1.2.3.4", false),
            (FlagShape::Taints, "", true),
            (FlagShape::Taints, "k=v:NoSchedule,k:NoExecute,k", true),
            (FlagShape::Taints, "k=v:Never", false),
            (FlagShape::Taints, "k=v:NoSchedule,", false),
            (FlagShape::Taints, "k:NoSchedule:x", false),
            (FlagShape::Level, "2", true),
            (FlagShape::Level, "0x2", false),
            (FlagShape::Level, "+2", false),
            (FlagShape::Level, "", false),
            (FlagShape::Levels, "a=1,b*=2,", true),
            (FlagShape::Levels, "a", false),
            (FlagShape::Levels, "=1", false),
        ] {
            assert_eq!(shape.refuses(text).is_none(), is_right, "{shape:?} {text}");
        }
    }
}
