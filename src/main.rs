//! The `nodeproof` program.

fn main() {}
