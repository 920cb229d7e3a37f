//! Judges Kubernetes node evidence offline.
//!
//! Data flows one way, through the rooms in the order of this list; a room imports only rooms
//! above it, and [`problem`] and [`limits`].

pub mod limits;
pub mod problem;

pub mod bundle;
pub mod evidence;
