//! The HTML report in a browser: it loads, filters, opens, prints, and passes an accessibility check.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::pages::*;
use crate::support::skipped;

/// The browser, its driver and the driver's packages; skips loudly where one is missing.
fn browser() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page");
    let chromium = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".to_owned());
    let node = Command::new("node").arg("--version").output();
    let missing = if !Path::new(&chromium).exists() {
        chromium
    } else if !node.is_ok_and(|ran| major(&ran.stdout) >= 20) {
        "node 20 or newer".to_owned()
    } else if !folder.join("node_modules").exists() {
        "tests/page/node_modules (npm ci)".to_owned()
    } else {
        return Some(folder);
    };
    skipped(&format!(
        "{missing} is not here, so the page was not opened in a browser"
    ));
    None
}

/// Of `v20.20.2`.
fn major(version: &[u8]) -> u32 {
    let version = String::from_utf8_lossy(version);
    let major = version.trim_start_matches('v').split('.').next();
    major.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[test]
fn a_browser_shows_the_page_and_an_accessibility_check_passes() {
    let Some(folder) = browser() else {
        return;
    };
    let lab = fleet();
    reports(&lab, &[]);
    many_nodes(&lab.path("many.html"), 5000, 130);
    let ran = Command::new("node")
        .arg(folder.join("browser.mjs"))
        .args([
            lab.path("r.html"),
            lab.path("r.json"),
            lab.path("many.html"),
        ])
        .arg(lab.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    eprintln!("{said}");
    assert!(
        ran.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
