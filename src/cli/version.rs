//! `--version`: which program this is, and which catalog it carries.

use crate::benchmark::built_in;

/// The commit that was built, where that is known.
const COMMIT: Option<&str> = option_env!("NODEPROOF_COMMIT");

/// A line for the program, and one for the catalog.
pub fn text() -> String {
    let commit = COMMIT.map(|commit| format!(" (commit {commit})"));
    format!(
        "{} {}{}\ncatalog sha256 {}\n",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        commit.unwrap_or_default(),
        built_in::digest()
    )
}
