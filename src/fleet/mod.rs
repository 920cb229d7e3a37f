//! Many bundles → who they are, whom one expected, and what cluster bundles lend to node bundles.

pub mod budget;
pub mod doubt;
pub mod expect;
pub mod identity;
pub mod imports;
pub mod index;
pub mod join;
pub mod lend;
mod machine_id;
pub mod reading;
pub mod reorder;
pub mod shard;
pub mod window;
