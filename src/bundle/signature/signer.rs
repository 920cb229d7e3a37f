//! Who signed a bundle, as far as that is known.

/// What is known of who signed a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// Nobody did.
    #[default]
    Unsigned,
    /// Somebody did who is known.
    Good {
        /// Who, as the file of allowed signers names him.
        signer: String,
        /// The fingerprint of the key.
        key: String,
    },
    /// The signature is right, and the key is nobody's that is known for this time and use.
    UnknownSigner {
        /// The fingerprint of the key.
        key: String,
        /// Why it is not known, as a sentence.
        why: String,
    },
    /// The signature is not of these checksums, or cannot be read: a sentence.
    Bad(String),
}

impl Signature {
    /// The word of reports.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Good { .. } => "good",
            Self::UnknownSigner { .. } => "unknown-signer",
            Self::Bad(_) => "bad",
        }
    }

    /// Who signed, where that is known.
    #[must_use]
    pub fn signer(&self) -> Option<&str> {
        match self {
            Self::Good { signer, .. } => Some(signer),
            _ => None,
        }
    }

    /// The fingerprint of the key, where the signature is right.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Good { key, .. } | Self::UnknownSigner { key, .. } => Some(key),
            Self::Unsigned | Self::Bad(_) => None,
        }
    }

    /// Why it is not good, where it is there.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::UnknownSigner { why, .. } | Self::Bad(why) => Some(why),
            Self::Unsigned | Self::Good { .. } => None,
        }
    }
}
