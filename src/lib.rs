//! Judges Kubernetes node evidence offline.
//!
//! Data flows one way, through the rooms in the order of this list; a room imports only rooms
//! above it, and [`problem`] and [`limits`].

pub mod limits;
pub mod problem;

pub mod bundle;
pub mod evidence;
pub mod node;

pub mod fleet;
pub mod settings;

pub mod rules;

pub mod benchmark;

pub mod verdict;

pub mod matrix;

pub mod export;

pub mod pipeline;

pub mod cli;
