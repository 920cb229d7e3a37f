//! The matrix: rows, their order, what they add up to.

pub mod assemble;
pub mod order;
pub mod row;
pub mod summary;
