//! JSON, against serde_json: what one takes as a document the other does not take as another one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodeproof::evidence::json;
use nodeproof::evidence::manifest::Manifest;
use nodeproof::limits::Limits;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let own = json::parse(data, &limits);
    let _ = Manifest::parse(data);
    if let (Ok(own), Ok(other)) = (own, serde_json::from_slice::<serde_json::Value>(data)) {
        assert_eq!(own.root.to_json().is_object(), other.is_object());
    }
});
