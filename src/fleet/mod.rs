//! Many bundles → who they are, and what cluster bundles lend to node bundles.

pub mod index;
pub mod lend;
pub mod window;
