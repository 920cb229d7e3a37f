//! Formats of the whole run: each is what its own schema and an independent reader take, it says
//! what the rows say, and no verdict changes on its way.

mod junit;
mod written;
