//! TLS as every component of Kubernetes serves it: the suites and the least version in force.

use super::derived::Derived;
use super::instance::ComponentProcess;
use super::layer::{Layer, Stated};
use crate::node::version::Minor;
use crate::problem::Code;
use crate::settings::kubelet::Setting;
use crate::settings::refusal::StartRefusal;
use crate::settings::value::{SettingValue, ValueKind};
use crate::settings::{Doubt, SettingSource};

pub(super) const DERIVED: [Derived; 2] = [
    Derived {
        path: "tlsCipherSuites",
        kind: ValueKind::List,
        layers: suites,
    },
    Derived {
        path: "tlsMinVersion",
        kind: ValueKind::Text,
        layers: least,
    },
];

const SUITES: &str = "tls-cipher-suites";
const LEAST: &str = "tls-min-version";

/// The suites that Go offers by itself below TLS 1.3, and the last version of Kubernetes that is
/// built with a Go that offers it.
const OFFERED: [(&str, Option<Minor>); 16] = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", None),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", None),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", None),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", None),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", None),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", None),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", None),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", None),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", None),
    ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Some(Minor(1, 31))),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", Some(Minor(1, 29))),
    ("TLS_RSA_WITH_AES_256_GCM_SHA384", Some(Minor(1, 29))),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", Some(Minor(1, 29))),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", Some(Minor(1, 29))),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", Some(Minor(1, 29))),
];

fn suites(process: &ComponentProcess, _: &Setting, version: Option<Minor>) -> Vec<Layer> {
    let given = given(process, SUITES);
    let stated = match version {
        Some(version) => {
            let offered = OFFERED
                .iter()
                .filter(|(_, last)| last.is_none_or(|l| version <= l));
            let names = offered.map(|(name, _)| (*name).to_owned());
            Stated::Value(SettingValue::List(names.collect()))
        }
        None => {
            let why = "which suites are offered without a list depends on the version, which is not known";
            let at = vec![process.process.citation.clone()];
            Stated::Unknown(Doubt::new(Code::VersionUnknown, why.to_owned(), at))
        }
    };
    let place = format!("no --{SUITES}, so what Go offers by itself");
    vec![
        given,
        Layer::new(SettingSource::Default, &place, None, stated),
    ]
}

fn least(process: &ComponentProcess, _: &Setting, _: Option<Minor>) -> Vec<Layer> {
    let value = SettingValue::Text("VersionTLS12".to_owned());
    let place = format!("no --{LEAST}");
    let default = Layer::new(SettingSource::Default, &place, None, Stated::Value(value));
    vec![given(process, LEAST), default]
}

/// What a flag gives; an empty value is the default.
fn given(process: &ComponentProcess, flag: &str) -> Layer {
    let mut layer = process.by_flag(flag);
    if let Stated::Value(value) = &layer.stated
        && value.is_zero()
    {
        layer.stated = Stated::Unset(format!("--{flag} is empty"));
    }
    layer
}

/// A suite or a version that no component of Kubernetes knows: the kubelet's own names.
pub(super) fn refused(process: &ComponentProcess) -> Option<StartRefusal> {
    [(SUITES, "tlsCipherSuites"), (LEAST, "tlsMinVersion")]
        .into_iter()
        .find_map(|(flag, kubelets)| {
            let Stated::Value(value) = process.by_flag(flag).stated else {
                return None;
            };
            let why = Setting::named(kubelets)?.refuses(&value)?;
            Some(StartRefusal::by_line(process.named(&why)))
        })
}
