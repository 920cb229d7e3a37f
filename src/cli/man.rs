//! `nodeproof man`: manual pages, of the same definitions as `--help`.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use super::args::{Args, ManArgs};
use super::stop::CliError;
use super::{Exit, message};
use crate::export::target::Target;

/// Where the pages of programs are.
const SECTION: &str = "1";

pub fn run(args: &ManArgs) -> Result<Exit, CliError> {
    let mut program = Args::command();
    // Each subcommand gets its whole name, `nodeproof analyze`.
    program.build();
    let pages = pages(&program);
    if let Some(folder) = &args.out {
        write(folder, &pages)?;
        return Ok(Exit::Fine);
    }
    let name = match &args.subcommand {
        Some(subcommand) => format!("{}-{subcommand}", program.get_name()),
        None => program.get_name().to_owned(),
    };
    let Some((_, page)) = pages.iter().find(|(of, _)| *of == name) else {
        return Err(CliError::from(format!(
            "there is no subcommand `{}`; `nodeproof --help` lists them",
            args.subcommand.as_deref().unwrap_or_default()
        )));
    };
    Ok(message::print_for_tools(&rendered(page)?))
}

/// The program and its subcommands, each by the name of its page.
fn pages(program: &Command) -> Vec<(String, Command)> {
    let own = (program.get_name().to_owned(), program.clone());
    let others = program
        .get_subcommands()
        .filter(|of| of.get_name() != "help");
    let others = others.map(|of| {
        let name = format!("{}-{}", program.get_name(), of.get_name());
        (name, of.clone())
    });
    std::iter::once(own).chain(others).collect()
}

fn rendered(page: &Command) -> io::Result<String> {
    let mut text = Vec::new();
    Man::new(page.clone()).section(SECTION).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(folder: &Path, pages: &[(String, Command)]) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|e| {
        let name = folder.display();
        CliError::Output(format!("{name}: {e}; choose a folder that can be written"))
    })?;
    for (name, page) in pages {
        let path = folder.join(format!("{name}.{SECTION}"));
        let text = rendered(page)?;
        let mut target = Target::file(&path, None, |sink| sink).map_err(CliError::Output)?;
        target.export.write_all(text.as_bytes())?;
        target.export.flush()?;
        target.publish()?;
    }
    Ok(())
}
