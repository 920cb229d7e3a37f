//! Evidence → the node it speaks of, and how each property was decided.

pub mod version;
