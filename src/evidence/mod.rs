//! Members → typed evidence.

pub mod yaml;
