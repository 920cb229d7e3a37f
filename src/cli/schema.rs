//! `nodeproof schema`: the JSON Schema of what is written.

use super::args::{SchemaArgs, SchemaOf};
use super::{Exit, message};
use crate::export::schema;

pub fn run(args: &SchemaArgs) -> Exit {
    let schema = match args.of {
        SchemaOf::Report => schema::report(),
        SchemaOf::Finding => schema::finding(),
    };
    message::print_for_tools(&format!("{schema:#}\n"))
}
