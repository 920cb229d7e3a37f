//! Formats of one document per node and benchmark: each is what its own schema and an independent
//! reader take, it says what the rows say, and no verdict changes on its way.

mod checklist;
mod hdf;
mod hostile_rows;
mod importers;
mod oscal;
mod words;
mod written;
mod xccdf;
mod xml;
