//! What the API servers of a cluster let in where a namespace's label does not say it, as the
//! bundles of their nodes show it.

use super::PodSecurityLevel;
use crate::evidence::citation::Citation;
use crate::settings::pod_security::{LEVELS, NAMESPACES};

/// The API servers of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    /// Those of which a bundle came in.
    pub servers: Vec<Server>,
    /// Nodes that run one too, of which none did.
    pub missing: Vec<String>,
}

/// One API server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its node.
    pub node: String,
    /// What it does with pods; or why that cannot be told.
    pub lets_in: Result<LetsIn, String>,
    /// What shows it, in the bundle of the node.
    pub evidence: Vec<Citation>,
}

/// What an API server does with pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetsIn {
    /// The level where a namespace names none; `None`: no label counts.
    level: Option<PodSecurityLevel>,
    /// Namespaces that are exempt from every level.
    exempt: Vec<String>,
    /// Users and runtime classes that are.
    bypasses: Vec<String>,
}

/// Why the pods of a namespace are let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdmissionGap {
    /// Its label or the default lets them in.
    ByLevel,
    /// This is how, of one API server.
    By(String),
}

impl LetsIn {
    /// Of the items of the setting.
    #[must_use]
    pub fn of(items: &[String]) -> Self {
        let mut own = Self::default();
        for item in items {
            match item.split_once(": ") {
                Some((NAMESPACES, name)) => own.exempt.push(name.to_owned()),
                Some(_) => own.bypasses.push(item.clone()),
                None => own.level = PodSecurityLevel::of_word(item),
            }
        }
        own
    }

    /// The level that holds in a namespace, by its label.
    fn level(&self, namespace: &str, label: Option<&str>) -> Result<PodSecurityLevel, String> {
        let default = self.level.ok_or("its plug-in PodSecurity is not on")?;
        if self.exempt.iter().any(|name| name == namespace) {
            return Err("its admission configuration exempts it".to_owned());
        }
        if let Some(who) = self.bypasses.first() {
            return Err(format!("its admission configuration exempts {who}"));
        }
        Ok(match label {
            None => default,
            Some(_) => PodSecurityLevel::of_label(label),
        })
    }
}

impl Server {
    /// One of which cannot be told what it does.
    #[must_use]
    pub fn unknown(why: String) -> Self {
        Self {
            node: String::new(),
            lets_in: Err(why),
            evidence: Vec::new(),
        }
    }
}

impl PodSecurityLevel {
    fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Privileged, Self::Baseline, Self::Restricted];
        let at = LEVELS.iter().position(|level| *level == word);
        at.and_then(|at| all.get(at).copied())
    }
}

impl Admission {
    /// Why what is not let in below a level is let in to a namespace with this label; `None` where
    /// it is kept out.
    #[must_use]
    pub fn opens(
        &self,
        namespace: &str,
        label: Option<&str>,
        least: PodSecurityLevel,
    ) -> Option<AdmissionGap> {
        let mut levels = Vec::new();
        for server in &self.servers {
            match server.lets_in.as_ref().map(|l| l.level(namespace, label)) {
                Ok(Ok(level)) => levels.push((server, level)),
                Ok(Err(why)) => return Some(AdmissionGap::By(format!("{}: {why}", server.node))),
                Err(why) if label.is_none() => {
                    return Some(AdmissionGap::By(format!("{}: {why}", server.node)));
                }
                Err(_) => {}
            }
        }
        if let Some(label) = label {
            return (PodSecurityLevel::of_label(Some(label)) < least)
                .then_some(AdmissionGap::ByLevel);
        }
        let laxest = levels.iter().min_by_key(|(_, level)| *level);
        let strictest = levels.iter().max_by_key(|(_, level)| *level);
        let (Some((lax, low)), Some((strict, high))) = (laxest, strictest) else {
            return Some(AdmissionGap::ByLevel);
        };
        if *low < least && *high >= least {
            let why = format!(
                "the admission configurations of {} and {} disagree",
                lax.node, strict.node
            );
            return Some(AdmissionGap::By(why));
        }
        if *low < least {
            return Some(AdmissionGap::ByLevel);
        }
        let missing = self.missing.first()?;
        Some(AdmissionGap::By(format!(
            "{missing} runs an API server too, and no bundle of it shows the same default"
        )))
    }

    /// What shows the defaults.
    pub fn evidence(&self) -> impl Iterator<Item = &Citation> {
        self.servers.iter().flat_map(|server| &server.evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(servers: &[&str], missing: &[&str]) -> Admission {
        let server = |(at, text): (usize, &&str)| Server {
            node: format!("cp-{at}"),
            lets_in: match text.strip_prefix('!') {
                Some(why) => Err(why.to_owned()),
                None => {
                    let items: Vec<String> = text.split(',').map(str::to_owned).collect();
                    Ok(LetsIn::of(&items))
                }
            },
            evidence: Vec::new(),
        };
        Admission {
            servers: servers.iter().enumerate().map(server).collect(),
            missing: missing.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn the_laxest_that_is_known_of_any_server_counts() {
        for (servers, missing, label, keeps_out) in [
            (&[][..], &[][..], None, false),
            (&[], &[], Some("restricted"), true),
            (&["baseline"], &[], None, true),
            (&["restricted"], &[], None, true),
            (&["privileged"], &[], None, false),
            (&["privileged"], &[], Some("baseline"), true),
            (&["restricted"], &[], Some("privileged"), false),
            (&["baseline", "restricted"], &[], None, true),
            (&["privileged", "restricted"], &[], None, false),
            (&["baseline", "!gone"], &[], None, false),
            (&["baseline", "!gone"], &[], Some("baseline"), true),
            (&["baseline"], &["cp-9"], None, false),
            (&["baseline"], &["cp-9"], Some("baseline"), true),
            (&["off"], &[], Some("restricted"), false),
            (
                &["restricted,namespaces: shop"],
                &[],
                Some("restricted"),
                false,
            ),
            (&["restricted,namespaces: other"], &[], None, true),
            (
                &["restricted,usernames: bob"],
                &[],
                Some("restricted"),
                false,
            ),
        ] {
            let opens =
                admission(servers, missing).opens("shop", label, PodSecurityLevel::Baseline);
            assert_eq!(
                opens.is_none(),
                keeps_out,
                "{servers:?} {label:?} {opens:?}"
            );
        }
    }
}
