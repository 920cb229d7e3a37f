//! What is done to a node's settings, and what is then true: the table the corpus is judged by.
//!
//! It is written from the facts about the kubelet (arguments as pflag reads them, files as the
//! kubelet decodes them), not from what the analysis says.

use super::distribution::Distribution;
use super::random::Random;

const KEY: &str = "makeIPTablesUtilChains";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Fail,
    Unknown,
    Error,
}
use Verdict::{Error, Fail, Pass, Unknown};

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Pass => "pass",
            Fail => "fail",
            Unknown => "unknown",
            Error => "error",
        }
    }

    /// What is true of a node whose disk says `self` and whose configz says `live`: bad in either
    /// is bad, and what disk cannot tell configz can.
    pub fn with(self, live: Option<bool>) -> Self {
        match (self, live) {
            (_, None) => self,
            (Fail, _) | (_, Some(false)) => Fail,
            (_, Some(true)) => Pass,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sound,
    Misconfigured,
    Edge,
    Damaged,
}

/// Which nodes a case can happen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Any,
    /// Those with `--config`.
    File,
    Yaml,
    DropIns,
    /// Drop-ins merged as 1.29 to 1.31, or as 1.32 and later do.
    DropInsTo131,
    DropInsFrom132,
}
use On::{Any, DropIns, DropInsFrom132, DropInsTo131, File, Yaml};

/// What is unusual beside the setting itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Plain,
    /// The configuration begins with a byte order mark and has CRLF line ends.
    BomCrlf,
    /// A `.yaml` that holds JSON.
    JsonInYaml,
    /// `--config` names another file; the usual one lies there with the opposite value.
    StaleDefaultFile,
    /// The configuration changed after the kubelet started.
    ChangedAfterStart,
    /// The process list was cut at 80 columns, and there is no `/proc`.
    NarrowPs,
    /// Other processes carry the kubelet's name and flags.
    LookAlikes,
    NotUtf8Ps,
    /// The archive is several gzip members.
    SeveralGzips,
    /// The members' names begin with `./`.
    DotNames,
    /// configz shows `false`, the disk does not.
    Drift,
    CutGzip,
    /// The gzip is whole, the tar in it is not.
    CutTar,
    BadCrc,
    NotGzip,
    Empty,
    /// A member was changed after SHA256SUMS was made.
    ChangedMember,
    /// Neither the process nor its configuration was collected.
    NoProcess,
    NoConfig,
    BrokenYaml,
}

impl Shape {
    /// The archive gives nothing at all, not even its first member.
    pub fn hides_node(self) -> bool {
        matches!(self, Self::NotGzip | Self::Empty)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub name: &'static str,
    pub kind: Kind,
    on: On,
    /// Words added to the kubelet's line.
    pub arguments: &'static [&'static str],
    /// Key and value in the configuration file.
    pub entry: Option<(&'static str, &'static str)>,
    /// The same in a drop-in that is read last.
    pub drop_in: Option<(&'static str, &'static str)>,
    pub shape: Shape,
    /// What the disk alone says.
    pub disk: Verdict,
}

const fn case(kind: Kind, name: &'static str, on: On, disk: Verdict) -> Case {
    Case {
        name,
        kind,
        on,
        arguments: &[],
        entry: None,
        drop_in: None,
        shape: Shape::Plain,
        disk,
    }
}

const fn argument(name: &'static str, arguments: &'static [&'static str], disk: Verdict) -> Case {
    let base = case(Kind::Edge, name, Any, disk);
    Case { arguments, ..base }
}

const fn entry(
    name: &'static str,
    on: On,
    entry: (&'static str, &'static str),
    disk: Verdict,
) -> Case {
    let base = case(Kind::Edge, name, on, disk);
    Case {
        entry: Some(entry),
        ..base
    }
}

const fn drop_in(
    name: &'static str,
    on: On,
    values: (&'static str, (&'static str, &'static str)),
    disk: Verdict,
) -> Case {
    Case {
        drop_in: Some(values.1),
        ..entry(name, on, (KEY, values.0), disk)
    }
}

const fn shaped(kind: Kind, name: &'static str, on: On, shape: Shape, disk: Verdict) -> Case {
    let base = case(kind, name, on, disk);
    Case { shape, ..base }
}

const fn edge(name: &'static str, on: On, shape: Shape, value: &'static str, v: Verdict) -> Case {
    Case {
        entry: Some((KEY, value)),
        ..shaped(Kind::Edge, name, on, shape, v)
    }
}

const fn bad(base: Case) -> Case {
    Case {
        kind: Kind::Misconfigured,
        ..base
    }
}

const fn sound(base: Case) -> Case {
    Case {
        kind: Kind::Sound,
        ..base
    }
}

const fn damaged(name: &'static str, on: On, shape: Shape, disk: Verdict) -> Case {
    shaped(Kind::Damaged, name, on, shape, disk)
}

static CASES: &[Case] = &[
    case(Kind::Sound, "unset", Any, Pass),
    sound(entry("set", File, (KEY, "true"), Pass)),
    sound(argument(
        "flag",
        &["--make-iptables-util-chains=true"],
        Pass,
    )),
    bad(argument(
        "flag-false",
        &["--make-iptables-util-chains=false"],
        Fail,
    )),
    bad(entry("config-false", File, (KEY, "false"), Fail)),
    bad(drop_in(
        "drop-in-false",
        DropIns,
        ("true", (KEY, "false")),
        Fail,
    )),
    shaped(Kind::Misconfigured, "drift", Any, Shape::Drift, Pass),
    argument("bare", &["--make-iptables-util-chains"], Pass),
    argument("=0", &["--make-iptables-util-chains=0"], Fail),
    argument("=F", &["--make-iptables-util-chains=F"], Fail),
    argument("=1", &["--make-iptables-util-chains=1"], Pass),
    argument("=t", &["--make-iptables-util-chains=t"], Pass),
    argument("underscore", &["--make_iptables_util_chains=false"], Fail),
    argument(
        "repeated-false-last",
        &[
            "--make-iptables-util-chains=true",
            "--make-iptables-util-chains=false",
        ],
        Fail,
    ),
    argument(
        "repeated-true-last",
        &[
            "--make-iptables-util-chains=false",
            "--make-iptables-util-chains=true",
        ],
        Pass,
    ),
    argument("space", &["--make-iptables-util-chains", "false"], Unknown),
    argument("colon", &["--make-iptables-util-chains:true"], Unknown),
    argument("=yes", &["--make-iptables-util-chains=yes"], Unknown),
    argument(
        "flag-redacted",
        &["--make-iptables-util-chains=REDACTED-BY-NODEPROOF"],
        Unknown,
    ),
    entry("no", Yaml, (KEY, "no"), Fail),
    entry("off", Yaml, (KEY, "off"), Fail),
    entry("n", Yaml, (KEY, "n"), Fail),
    entry("null", File, (KEY, "null"), Pass),
    entry(
        "wrong-case",
        File,
        ("makeIptablesUtilChains", "false"),
        Pass,
    ),
    entry(
        "quoted-key",
        Yaml,
        ("\"makeIPTablesUtilChains\"", "false"),
        Fail,
    ),
    entry("text", File, (KEY, "\"true\""), Unknown),
    entry("redacted", Yaml, (KEY, "REDACTED-BY-NODEPROOF"), Unknown),
    entry("comment", Yaml, ("# makeIPTablesUtilChains", "false"), Pass),
    entry(
        "nested",
        Yaml,
        (
            "staticPodURLHeader:\n  makeIPTablesUtilChains",
            "[\"false\"]",
        ),
        Pass,
    ),
    entry(
        "twice",
        Yaml,
        (KEY, "true\nmakeIPTablesUtilChains: false"),
        Fail,
    ),
    drop_in("drop-in-true", DropIns, ("false", (KEY, "true")), Pass),
    drop_in(
        "drop-in-null-to-1.31",
        DropInsTo131,
        ("false", (KEY, "null")),
        Fail,
    ),
    drop_in(
        "drop-in-null-from-1.32",
        DropInsFrom132,
        ("false", (KEY, "null")),
        Pass,
    ),
    drop_in(
        "drop-in-wrong-case",
        DropIns,
        ("true", ("makeIptablesUtilChains", "false")),
        Fail,
    ),
    drop_in(
        "drop-in-text",
        DropIns,
        ("true", (KEY, "\"false\"")),
        Unknown,
    ),
    edge("bom-crlf", Yaml, Shape::BomCrlf, "false", Fail),
    edge("json-in-yaml", Yaml, Shape::JsonInYaml, "false", Fail),
    edge(
        "stale-default-file",
        File,
        Shape::StaleDefaultFile,
        "true",
        Pass,
    ),
    edge(
        "changed-after-start",
        File,
        Shape::ChangedAfterStart,
        "true",
        Unknown,
    ),
    shaped(Kind::Edge, "narrow-ps", Any, Shape::NarrowPs, Unknown),
    shaped(Kind::Edge, "look-alikes", Any, Shape::LookAlikes, Pass),
    shaped(Kind::Edge, "not-utf8-ps", Any, Shape::NotUtf8Ps, Pass),
    shaped(Kind::Edge, "several-gzips", Any, Shape::SeveralGzips, Pass),
    shaped(Kind::Edge, "dot-names", Any, Shape::DotNames, Pass),
    damaged("cut-gzip", Any, Shape::CutGzip, Error),
    damaged("cut-tar", Any, Shape::CutTar, Error),
    damaged("bad-crc", Any, Shape::BadCrc, Error),
    damaged("not-gzip", Any, Shape::NotGzip, Error),
    damaged("empty", Any, Shape::Empty, Error),
    damaged("changed-member", Any, Shape::ChangedMember, Error),
    damaged("no-process", Any, Shape::NoProcess, Unknown),
    damaged("no-config", File, Shape::NoConfig, Unknown),
    damaged("broken-yaml", File, Shape::BrokenYaml, Error),
];

/// Shares of nodes.
const MISCONFIGURED: f64 = 0.15;
const EDGE: f64 = 0.08;

impl Case {
    pub fn draw(
        distribution: Distribution,
        minor: u32,
        damaged: f64,
        random: &mut Random,
    ) -> &'static Self {
        let share = random.unit();
        let kind = if share < damaged {
            Kind::Damaged
        } else if share < damaged + EDGE {
            Kind::Edge
        } else if share < damaged + EDGE + MISCONFIGURED {
            Kind::Misconfigured
        } else {
            Kind::Sound
        };
        let fitting: Vec<&'static Self> = CASES
            .iter()
            .filter(|case| case.kind == kind && case.fits(distribution, minor))
            .collect();
        random.pick(&fitting)
    }

    fn fits(&self, distribution: Distribution, minor: u32) -> bool {
        let drop_ins = distribution.drop_in_dir().is_some();
        match self.on {
            Any => true,
            File => distribution.config_path().is_some(),
            Yaml => distribution.is_yaml(),
            DropIns => drop_ins,
            DropInsTo131 => drop_ins && minor <= 31,
            DropInsFrom132 => drop_ins && minor >= 32,
        }
    }
}
