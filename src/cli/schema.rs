//! `nodeproof schema`: the JSON Schema of what is written.

use std::io::{self, Write as _};

use super::args::{SchemaArgs, SchemaOf};
use super::{Exit, message};
use crate::export::schema;

pub fn run(args: &SchemaArgs) -> Exit {
    let schema = match args.of {
        SchemaOf::Report => schema::report(),
        SchemaOf::Finding => schema::finding(),
    };
    match writeln!(io::stdout().lock(), "{schema:#}") {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            message::fatal(format_args!("stdout: {e}"));
            Exit::Output
        }
        _ => Exit::Fine,
    }
}
