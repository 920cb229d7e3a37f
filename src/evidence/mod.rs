//! Members → typed evidence.

pub mod document;
pub mod json;
pub mod ps;
pub mod stat;
pub mod yaml;
