//! How many bundles are signed, and how well, counted while they pass.

use super::report::Signed;

/// How many bundles are signed, and how well.
#[derive(Default)]
pub struct Signatures {
    good: u64,
    unknown: u64,
    bad: u64,
    unsigned: u64,
}

impl Signatures {
    /// Counts one bundle; one that cannot be read has no signature.
    pub fn count(&mut self, signed: Option<&Signed>) {
        match signed.map(|signed| signed.state.as_str()) {
            Some("good") => self.good += 1,
            Some("unknown-signer") => self.unknown += 1,
            Some("bad") => self.bad += 1,
            Some(_) => self.unsigned += 1,
            None => {}
        }
    }

    /// In words, where one is signed, or signers were named.
    #[must_use]
    pub fn line(&self, is_asked: bool) -> Option<String> {
        let signed = self.good + self.unknown + self.bad;
        (is_asked || signed > 0).then(|| {
            format!(
                "Signatures: {} good, {} of an unknown signer, {} bad; {} bundle{} unsigned.",
                self.good,
                self.unknown,
                self.bad,
                self.unsigned,
                if self.unsigned == 1 { "" } else { "s" },
            )
        })
    }
}
