//! Formats of the whole run: each is what its own schema and an independent reader take, it says
//! what the rows say, and no verdict changes on its way.

mod defectdojo;
pub mod json_schema;
mod junit;
mod ocsf;
#[cfg(feature = "parquet")]
mod parquet;
mod prometheus;
pub mod rows;
mod sarif;
pub mod written;
