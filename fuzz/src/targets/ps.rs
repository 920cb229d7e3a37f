//! Process lists, and what `systemctl status` prints.

use nodeproof::evidence::ps;

pub fn run(data: &[u8]) {
    let _ = ps::looks_like_ps(data);
    let _ = ps::status::looks_like_status(data);
    for wide in [false, true] {
        if let Some(list) = ps::parse(data, wide) {
            assert!(list.processes.len() <= data.len());
        }
    }
}
