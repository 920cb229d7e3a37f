//! Units, environment files and their words.

use nodeproof::evidence::unit_file;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for assignment in unit_file::service(&text) {
        let _ = unit_file::words(&assignment.value);
    }
    let _ = unit_file::environment(&text);
    let _ = unit_file::is_name(&text);
}
