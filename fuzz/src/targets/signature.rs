//! Checksums, allowed signers and a signature.

use nodeproof::bundle::signature::AllowedSigners;
use nodeproof::bundle::sums;
use nodeproof::limits::Limits;

pub fn run(data: &[u8]) {
    let _ = sums::parse(data, &Limits::default());
    let _ = AllowedSigners::parse(data);
}
