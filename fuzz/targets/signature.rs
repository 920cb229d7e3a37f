//! Checksums, allowed signers and a signature.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nodeproof::bundle::signature::AllowedSigners;
use nodeproof::bundle::sums;
use nodeproof::limits::Limits;

fuzz_target!(|data: &[u8]| {
    let _ = sums::parse(data, &Limits::default());
    let _ = AllowedSigners::parse(data);
});
