//! File on disk → members.
