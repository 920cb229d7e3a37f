//! What is masked afterwards, in a bundle that came in, is what the collector would have masked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nodeproof::limits::Limits;
use nodeproof::redact::{KnownSecrets, member};

use crate::redact::canaries::{CANARY, ETCD, FILES, KUBELET, OTHERS};

use super::harness::{Bundle, Run, plant, plant_process, shells, text};
use super::{planted, secrets, spellings};

/// The bytes of the image that a member was taken from.
fn raw(image: &Path, member: &str) -> Option<Vec<u8>> {
    let path = member.strip_prefix("files/").unwrap_or(member);
    let is_read = member.starts_with("files/") || member.ends_with("/cmdline");
    fs::read(image.join(path)).ok().filter(|_| is_read)
}

/// Lines that the two mask differently.
fn differences(image: &Path, bundle: &Bundle) -> Vec<String> {
    let raw: BTreeMap<&String, Vec<u8>> = bundle
        .members
        .keys()
        .filter_map(|member| Some((member, raw(image, member)?)))
        .collect();
    let mut known = KnownSecrets::default();
    for (name, bytes) in &raw {
        known.look(name, bytes);
    }
    let mut found = Vec::new();
    for (name, bytes) in &raw {
        let own = member(name, bytes, &known, &Limits::default());
        let lines = |bytes: &[u8]| -> Vec<String> {
            text(bytes).split(['\n', '\0']).map(str::to_owned).collect()
        };
        let (own_lines, theirs) = (lines(&own.bytes), lines(&bundle.members[*name]));
        for (number, (own, theirs)) in own_lines.iter().zip(&theirs).enumerate() {
            if own != theirs {
                found.push(format!(
                    "{name}:{}\n  own {own}\n  sh  {theirs}",
                    number + 1
                ));
            }
        }
        if own_lines.len() != theirs.len() {
            found.push(format!("{name}: another number of lines"));
        }
        let counts: BTreeMap<String, u64> = (own.counts.iter())
            .map(|(kind, count)| ((*kind).to_owned(), *count))
            .collect();
        if found.is_empty() && counts != bundle.redactions(name) {
            let theirs = bundle.redactions(name);
            found.push(format!(
                "{name}: counts {counts:?}, by the collector {theirs:?}"
            ));
        }
    }
    assert!(raw.len() > 4, "the image was read");
    found
}

#[test]
fn a_bundle_is_masked_afterwards_as_the_collector_masks_it() {
    let image = |plant: &dyn Fn(&Path)| {
        let image = tempfile::tempdir().unwrap();
        plant(image.path());
        image
    };
    let argv = planted::argv();
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    let images = [
        image(&|root| secrets::plant_all(root)),
        image(&|root| {
            planted::plant_everywhere(root);
            plant_process(root, 31, &words);
        }),
        image(&|root| {
            spellings::plant_all(root);
        }),
    ];
    for image in images {
        let bundle = Run::on(&shells()[0], image.path()).bundle();
        let found = differences(image.path(), &bundle);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn no_canary_is_in_a_bundle_of_the_collector() {
    let image = tempfile::tempdir().unwrap();
    for (_, path, content) in FILES {
        plant(image.path(), path, content);
    }
    let etcd = [ETCD, &["--config-file=/etc/etcd/etcd.conf"]].concat();
    let named = [
        "/etc/kubernetes/enc/enc.yaml",
        "/etc/kubernetes/enc/kms.json",
    ];
    let named = named.map(|path| format!("--encryption-provider-config={path}"));
    let others = [
        "--cloud-config=/etc/kubernetes/cloud.conf",
        "--kubeconfig=/root/.aws/credentials",
        "--token-auth-file=/etc/kubernetes/known_tokens.csv",
        "--audit-webhook-config-file=/etc/kubernetes/audit-webhook.yaml",
    ];
    let mut server = vec!["/usr/bin/kube-apiserver"];
    server.extend(named.iter().map(String::as_str).chain(others));
    for (pid, words) in [(42, KUBELET), (43, &etcd), (44, &server)] {
        plant_process(image.path(), pid, words);
    }
    for shell in shells() {
        let bundle = Run::on(&shell, image.path()).bundle();
        assert!(bundle.members.len() > 20);
        for secret in [CANARY].iter().chain(OTHERS) {
            let found = bundle.members_with(secret);
            assert!(found.is_empty(), "{shell:?} {secret}: {found:?}");
        }
    }
}
