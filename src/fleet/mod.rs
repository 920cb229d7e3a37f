//! Many bundles → who they are, and what cluster bundles lend to node bundles.

pub mod budget;
pub mod index;
pub mod lend;
pub mod reading;
pub mod reorder;
pub mod window;
