//! YAML as the kubelet reads it: no text makes the reader panic, and what it read is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodeproof::evidence::{document, masks, yaml};
use nodeproof::limits::Limits;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let own = yaml::parse(data, &limits);
    let _ = document::parse(data, &limits);
    let _ = masks::quoted(data);
    if let Ok(own) = own {
        let _ = own.root.to_json();
        let _ = own.root.mask();
    }
});
