//! Members as text (a line `==> name`, then its content) → an archive of each layout, judged whole.

use std::sync::LazyLock;

use nodeproof::benchmark::catalog::Catalog;
use nodeproof::benchmark::select::Selection;
use nodeproof::bundle::Found;
use nodeproof::bundle::written::{NewMember, write};
use nodeproof::evidence::layouts::LAYOUTS;
use nodeproof::pipeline::{self, Run};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().expect("a catalog"));

pub fn run(data: &[u8]) {
    let Some((layout, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    let mut members: Vec<(&str, &str)> = Vec::new();
    for part in text.split("==> ").skip(1).take(60) {
        members.push(part.split_once('\n').unwrap_or((part, "")));
    }
    let is_name = |name: &str| !name.is_empty() && name.len() < 200 && !name.contains('\0');
    let packed: Vec<NewMember<'_>> = members
        .iter()
        .filter(|(name, _)| is_name(name) && *name != "bundle.json" && *name != "SHA256SUMS")
        .map(|(name, text)| NewMember {
            name,
            bytes: Some(text.as_bytes()),
            attributes: None,
        })
        .collect();
    let description = members.iter().find(|(name, _)| *name == "bundle.json");
    let description = description.map_or("{}", |(_, text)| text);
    let mut bytes = Vec::new();
    if write(
        &mut bytes,
        false,
        Some("top"),
        description.as_bytes(),
        &packed,
    )
    .is_err()
    {
        return;
    }
    let Ok(selection) = Selection::settle(&CATALOG, &["auto".to_owned()], &[]) else {
        return;
    };
    let Ok(pool) = pipeline::pool(1) else { return };
    let mut run = Run::new(&CATALOG, selection, pool);
    run.read_as = LAYOUTS.get(usize::from(*layout)).map(|layout| layout.name);
    let found = Found {
        places: vec![super::place("top.tar", bytes)],
        ..Found::default()
    };
    let _ = run.analyze(&found, Default::default(), Vec::new(), &mut ());
}
