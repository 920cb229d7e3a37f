//! The chain as a text for the auditor's file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Chain, Link};
use crate::export::terminal;

pub(super) fn of(chain: &Chain) -> String {
    let mut text = String::new();
    let mut say = |label: &str, what: &str| {
        let line = format!("{label:<18}{}", terminal::line(what));
        let _ = writeln!(text, "{}", line.trim_end());
    };
    let run = &chain.run;
    let made = &run.made_with;
    say("Report", &chain.report.name);
    say("  sha256", shown(&chain.report.sha256));
    say("Made by", &format!("{} {}", run.tool, run.version));
    say("  binary", shown(&made.binary_sha256));
    say("  catalog", shown(&made.catalog_sha256));
    for added in &run.catalogs {
        say("  added catalog", &added.sha256);
    }
    say("  command", &made.command.join(" "));
    say("  as of", shown(&run.as_of));
    say("  allowed signers", shown(&made.allowed_signers_sha256));
    let same = |is: Option<bool>| match is {
        Some(true) => "the same",
        Some(false) => "another",
        None => "not known",
    };
    let own = &chain.this_program;
    say("This program", &format!("nodeproof {}", own.version));
    say(
        "  binary",
        &format!(
            "{} ({})",
            same(own.is_same_binary),
            shown(&own.binary_sha256)
        ),
    );
    say("  catalog", same(own.is_same_catalog));
    for link in &chain.bundles {
        say("", "");
        of_bundle(link, &mut say);
    }
    let compared = &chain.compared;
    say("", "");
    let _ = writeln!(
        text,
        "{} bundles: {} the same, {} another, {} failed, {} not at hand, {} not compared.",
        chain.bundles.len(),
        compared.same,
        compared.other,
        compared.failed,
        compared.missing,
        compared.not_compared
    );
    text
}

fn of_bundle(link: &Link, say: &mut impl FnMut(&str, &str)) {
    let bundle = &link.bundle;
    say("Bundle", &bundle.name);
    say("  sha256", shown(&bundle.sha256));
    let why = link.why.as_deref().unwrap_or_default();
    let at_hand = match link.at_hand {
        "same" if why.is_empty() => "the same, and as its own checksums say".to_owned(),
        "same" => format!("the same; {why}"),
        "other" => format!("ANOTHER ONE: {why}"),
        "failed" => format!("FAILS ITS OWN CHECKSUMS OR SIGNATURE: {why}"),
        "missing" => format!("NOT AT HAND: {why}"),
        _ => "not compared: no bundles were named".to_owned(),
    };
    say("  at hand", &at_hand);
    let place = [&bundle.cluster, &bundle.node].map(|name| name.as_deref().unwrap_or("-"));
    say("  of", &format!("cluster {}, node {}", place[0], place[1]));
    say("  collected at", shown(&bundle.collected_at));
    match &bundle.collector {
        Some(by) => {
            let script = match link.collector_script {
                "carried" => "a script that this program carries",
                "other" => "not a script that this program carries",
                _ => "no digest of the script",
            };
            let (name, version) = (shown(&by.name), shown(&by.version));
            say("  collector", &format!("{name} {version}, {script}"));
            say("    sha256", shown(&by.sha256));
        }
        None => say("  collector", "not said"),
    }
    say("  integrity", shown(&bundle.integrity));
    let signature = bundle.signature.as_ref().map(ToString::to_string);
    say("  signature", shown(&signature));
    let Some(custody) = &bundle.custody else {
        return;
    };
    say("  collected by", shown(&custody.operator));
    say("  for", shown(&custody.assessment));
    say("  skipped", &counted(&custody.skipped));
    say("  masked", &counted(&custody.redacted));
    let mut from = custody.redacted_from.as_ref();
    while let Some(of) = from {
        say("  masked from", shown(&of.sha256));
        let checksums = of.checksums.as_deref().unwrap_or("-");
        let signed = of.signed_by.as_deref().unwrap_or("nobody");
        say(
            "",
            &format!("its checksums: {checksums}; signed by {signed}"),
        );
        from = of.before.as_deref();
    }
}

fn shown(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("not said")
}

fn counted(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "nothing".to_owned();
    }
    let each = counts.iter().map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}
