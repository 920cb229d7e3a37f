//! Many bundles → who they are, whom one expected, and what cluster bundles lend to node bundles.

pub mod budget;
pub mod doubt;
pub mod expect;
pub mod identity;
pub mod imports;
pub mod index;
pub mod lend;
pub mod reading;
pub mod reorder;
pub mod shard;
pub mod window;
