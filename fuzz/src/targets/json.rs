//! JSON, against serde_json: what one takes as a document the other does not take as another one.

use nodeproof::evidence::json;
use nodeproof::evidence::manifest::Manifest;
use nodeproof::limits::Limits;

pub fn run(data: &[u8]) {
    let limits = Limits::default();
    let own = json::parse(data, &limits);
    let _ = Manifest::parse(data);
    if let (Ok(own), Ok(other)) = (own, serde_json::from_slice::<serde_json::Value>(data)) {
        assert_eq!(own.root.to_json().is_object(), other.is_object());
    }
}
