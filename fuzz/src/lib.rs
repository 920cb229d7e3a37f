//! What `cargo fuzz` runs.

use std::fs;
use std::path::Path;

pub mod targets;

/// Writes the seeds of a target into its corpus.
pub fn sow(target: &str) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = own.join("corpus").join(target);
    fs::create_dir_all(&folder).expect("the corpus can be written");
    let all = targets::seeds::seeds(&own.join(".."));
    for (number, (_, bytes)) in all.iter().filter(|(name, _)| *name == target).enumerate() {
        fs::write(folder.join(format!("seed-{number}")), bytes).expect("the corpus can be written");
    }
}
