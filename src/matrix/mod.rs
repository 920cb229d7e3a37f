//! The matrix: rows, their order, what they add up to, and what a report says beside them.

pub mod clock;
pub mod compare;
pub mod counting;
pub mod coverage;
pub mod custody;
pub mod explained;
pub mod finding;
pub mod judged;
mod made;
pub mod marks;
pub mod nist;
pub mod report;
pub mod roles;
pub mod row;
pub mod score;
pub mod shard;
pub mod signatures;
pub mod stored;
pub mod summary;
pub mod waivers;
