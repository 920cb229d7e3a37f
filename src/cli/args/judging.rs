//! What several subcommands take: how evidence is judged, and what it must show to be believed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use crate::benchmark::catalog::Catalog;
use crate::bundle::signature::AllowedSigners;
use crate::evidence::layouts;
use crate::limits::Limits;
use crate::pipeline::Trusted;

/// How evidence is judged, whatever is made of it.
#[derive(Debug, ClapArgs)]
pub struct JudgingArgs {
    #[command(flatten)]
    pub catalogs: CatalogArgs,
    #[command(flatten)]
    pub workers: WorkerArgs,
    /// Read every archive as this layout, instead of the one it is recognised by: see `layouts`
    #[arg(long, value_name = "NAME")]
    pub read_as: Option<String>,
    #[command(flatten)]
    pub caps: LimitArgs,
    #[command(flatten)]
    pub trust: TrustArgs,
    /// Compare with SHA256SUMS the members that verdicts rest on, or all
    #[arg(long, value_enum, value_name = "WHICH", default_value = "read")]
    pub verify: Verify,
}

impl JudgingArgs {
    /// The layout that archives are said to have.
    ///
    /// # Errors
    /// A sentence: there is none of that name.
    pub fn read_as(&self) -> Result<Option<&'static str>, String> {
        layouts::named(self.read_as.as_deref())
    }

    /// What bundles must show to be believed.
    ///
    /// # Errors
    /// A sentence: the file of allowed signers cannot be read, or is wrong.
    pub fn trusted(&self) -> Result<Trusted, String> {
        Ok(Trusted {
            verifies_all: self.verify == Verify::All,
            ..self.trust.settle()?
        })
    }
}

/// Caps on hostile input.
#[derive(Debug, ClapArgs)]
pub struct LimitArgs {
    /// Set a cap on hostile input; may be repeated
    #[arg(long, value_name = "NAME=N")]
    pub limit: Vec<String>,
}

impl LimitArgs {
    /// The caps as they are set.
    ///
    /// # Errors
    /// A sentence: there is no such cap, or it is no number.
    pub fn limits(&self) -> Result<Limits, String> {
        let mut limits = Limits::default();
        for assignment in &self.limit {
            limits
                .set(assignment)
                .map_err(|why| format!("--limit: {why}"))?;
        }
        Ok(limits)
    }
}

/// How much is done at a time.
#[derive(Debug, ClapArgs)]
pub struct WorkerArgs {
    /// Worker threads [default: one per core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

impl WorkerArgs {
    /// So many threads.
    pub fn threads(&self) -> usize {
        self.jobs.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            usize::from,
        )
    }
}

/// Who must have signed bundles.
#[derive(Debug, ClapArgs)]
pub struct TrustArgs {
    /// Whose signatures are good: a file as ssh-keygen takes it (principals, options, key)
    #[arg(long, value_name = "FILE")]
    pub allowed_signers: Option<PathBuf>,
    /// Refuse bundles without a good signature
    #[arg(long)]
    pub require_signature: bool,
}

impl TrustArgs {
    /// The signers, read.
    ///
    /// # Errors
    /// A sentence: the file cannot be read, or is wrong.
    pub fn settle(&self) -> Result<Trusted, String> {
        if self.require_signature && self.allowed_signers.is_none() {
            return Err(
                "--require-signature: nobody's signature is good; add --allowed-signers FILE"
                    .to_owned(),
            );
        }
        let signers = self.allowed_signers.as_deref().map(|path| {
            let shown = path.display();
            let bytes = std::fs::read(path).map_err(|e| {
                format!("--allowed-signers: {shown}: cannot be read ({e}); check the path")
            })?;
            AllowedSigners::parse(&bytes)
                .map_err(|why| format!("--allowed-signers: {shown}: {why}"))
        });
        Ok(Trusted {
            signers: signers.transpose()?,
            requires_signature: self.require_signature,
            verifies_all: false,
        })
    }
}

/// Which members are compared with the checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Verify {
    /// Those that verdicts rest on
    Read,
    /// All
    All,
}

/// What is judged by beside what is built in.
#[derive(Debug, ClapArgs)]
pub struct CatalogArgs {
    /// Add the rules and benchmarks of a folder to those built in. May be repeated
    #[arg(long = "catalog", value_name = "DIR")]
    pub dirs: Vec<PathBuf>,
    /// Judge by the checks of a kube-bench folder (`config.yaml` and `<benchmark>/*.yaml`), as they are
    #[arg(long, value_name = "DIR")]
    pub kube_bench: Option<PathBuf>,
}

impl CatalogArgs {
    /// All of it, read and checked. It is never freed: that takes longer than judging a node, and the program
    /// ends with it.
    pub fn load(&self) -> Result<&'static Catalog, String> {
        let mut catalog = Catalog::with(&self.dirs)?;
        if let Some(folder) = &self.kube_bench {
            catalog.take_kube_bench(folder)?;
        }
        Ok(Box::leak(Box::new(catalog)))
    }
}

/// Where the rest of the arguments is from.
#[derive(Debug, ClapArgs)]
pub struct SettingsArgs {
    /// Take what is not typed from this file [default: nodeproof.toml in the working folder, or in
    /// the nearest one above it]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Take nothing from a file
    #[arg(long, conflicts_with = "settings")]
    pub no_settings: bool,
}
