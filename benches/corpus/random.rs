//! Seed → numbers, the same ones everywhere: SplitMix64, so that no crate's next version changes
//! the corpus.

/// A stream of numbers.
pub struct Random(u64);

impl Random {
    /// The stream of one thing: of `at` among those called `what`. Streams are independent, so a
    /// bundle's bytes depend on its own index and on no other bundle.
    pub fn of(seed: u64, what: &str, at: u64) -> Self {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = what
            .bytes()
            .chain(at.to_le_bytes())
            .fold(0xcbf2_9ce4_8422_2325 ^ seed, fnv);
        Self(hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// From 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn text(&mut self, letters: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(self.pick(letters))).collect()
    }

    /// Letters as Kubernetes ends the names of pods with.
    pub fn suffix(&mut self, count: usize) -> String {
        self.text(b"bcdfghjklmnpqrstvwxz2456789", count)
    }

    pub fn hex(&mut self, count: usize) -> String {
        self.text(b"0123456789abcdef", count)
    }

    pub fn uuid(&mut self) -> String {
        let mut part = |count| self.hex(count);
        [part(8), part(4), part(4), part(4), part(12)].join("-")
    }

    /// What a certificate looks like in a kubeconfig.
    pub fn base64(&mut self, count: usize) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        self.text(letters, count)
    }
}
