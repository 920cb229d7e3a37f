//! The matrix: rows, their order, what they add up to, and what a report says beside them.

pub mod assemble;
pub mod compare;
pub mod nist;
pub mod order;
pub mod report;
pub mod row;
pub mod stored;
pub mod summary;
pub mod waivers;
