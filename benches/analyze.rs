//! Speed and memory of `nodeproof analyze`, as ratios of runs made in turn: see `README.md`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the table"
)]

mod corpus;
mod floor;
mod measure;
mod peers;
mod table;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand, ValueEnum};
use corpus::{Corpus, Options, Size, expected};
use measure::Usage;
use nodeproof::benchmark::catalog::Catalog;
use peers::Peers;
use table::Table;

/// Measures `nodeproof analyze` on a corpus made for it, and prints ratios
#[derive(Parser)]
struct Args {
    /// A smaller corpus and fewer runs: about a minute
    #[arg(long)]
    quick: bool,
    /// Run insights-core and `rg -z` beside, which it installs from PyPI and Debian
    #[arg(long)]
    peers: bool,
    /// What cargo adds
    #[arg(long, hide = true, global = true)]
    bench: bool,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Only make a corpus: FOLDER/bundles/ and FOLDER/expected.csv
    Generate {
        folder: PathBuf,
        #[arg(long, default_value_t = 5_000)]
        bundles: u64,
        /// Index of the first node
        #[arg(long, default_value_t = 0)]
        start: u64,
        /// small or large
        #[arg(long, default_value = "small")]
        size: Size,
        #[arg(long, default_value_t = SEED)]
        seed: u64,
        /// Share of nodes whose evidence is damaged
        #[arg(long, default_value_t = DAMAGED)]
        damaged_rate: f64,
    },
    /// Only one step of an analysis
    #[command(hide = true)]
    Only { step: Step, folder: PathBuf },
    /// Run a command and say what it cost
    #[command(hide = true, name = measure::SUBCOMMAND)]
    Measure {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Step {
    Inflate,
    Libdeflate,
    Hash,
}

const SEED: u64 = 1;
const DAMAGED: f64 = 0.02;

/// How much is measured.
struct Plan {
    small: u64,
    large: u64,
    /// Bundles of the smaller corpus that memory is compared with.
    few: u64,
    small_runs: usize,
    large_runs: usize,
    python_runs: usize,
}

const FULL: Plan = Plan {
    small: 5_000,
    large: 200,
    few: 500,
    small_runs: 7,
    large_runs: 3,
    python_runs: 3,
};
const QUICK: Plan = Plan {
    small: 500,
    large: 12,
    few: 50,
    small_runs: 3,
    large_runs: 2,
    python_runs: 1,
};

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.task {
        None => run(if args.quick { &QUICK } else { &FULL }, args.peers),
        Some(Task::Generate {
            folder,
            bundles,
            start,
            size,
            seed,
            damaged_rate,
        }) => {
            let damaged = damaged_rate;
            let options = Options {
                bundles,
                start,
                size,
                seed,
                damaged,
            };
            Corpus::make(&folder, &options).map(drop)
        }
        Some(Task::Only { step, folder }) => only(step, &folder),
        Some(Task::Measure { command }) => {
            measure::only_child(&command).map(|text| println!("{text}"))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn only(step: Step, folder: &Path) -> io::Result<()> {
    match step {
        Step::Inflate => println!("{}", floor::inflate(folder)?),
        Step::Libdeflate => println!("{}", floor::libdeflate(folder)?),
        Step::Hash => println!("{}", floor::hash(folder)?.as_secs_f64()),
    }
    Ok(())
}

fn run(plan: &Plan, with_peers: bool) -> io::Result<()> {
    let peers = with_peers.then(|| Peers::install(&target())).transpose()?;
    let small = corpus(Size::Small, plan.small)?;
    let large = corpus(Size::Large, plan.large)?;
    let few = corpus(Size::Small, plan.few)?;
    let mut table = Table::default();
    let mut peaks = Vec::new();
    for (name, corpus, runs) in [
        ("small", &small, plan.small_runs),
        ("large", &large, plan.large_runs),
    ] {
        table.heading(&format!("{name}: {}", describe(corpus)?));
        let goals = match name {
            "small" => ("2.3", "12"),
            _ => ("1.2", "12"),
        };
        peaks.push(speed(&mut table, corpus, (runs, plan.python_runs), goals)?);
    }
    further(&mut table, &small, &few, plan.large_runs)?;
    if let Some(peers) = peers {
        beside(&mut table, &peers, &few, plan.large_runs)?;
    }
    table.heading("memory, 2 threads");
    let peak = analyze(&few, 2, Asked::All)?.peak;
    let growth = (peaks[0] - peak) / (plan.small - plan.few) as f64;
    table.value(
        &format!("peak at {} small bundles, MiB", plan.few),
        peak / 1024.0,
        "64",
    );
    table.value(
        &format!("peak at {} small bundles, MiB", plan.small),
        peaks[0] / 1024.0,
        "64",
    );
    table.value("growth per small bundle, KiB", growth, "1");
    table.value(
        &format!("peak at {} large bundles, MiB", plan.large),
        peaks[1] / 1024.0,
        "64",
    );
    table.print();
    Ok(())
}

/// Everything about CPU and time on one corpus; returns the peak memory of two threads, in KiB.
fn speed(
    table: &mut Table,
    corpus: &Corpus,
    (runs, python_runs): (usize, usize),
    (inflate_goal, python_goal): (&str, &str),
) -> io::Result<f64> {
    let here = std::env::current_exe()?;
    let only = |step: &str| {
        let arguments = ["only".as_ref(), step.as_ref(), corpus.bundles.as_os_str()];
        measure::run(here.as_os_str(), &arguments, &[0])
    };
    let mut lines: [Vec<f64>; 8] = Default::default();
    let [
        whole,
        single,
        plain,
        libdeflate,
        threads,
        busy,
        python,
        share,
    ] = &mut lines;
    let (mut cpu, mut peak) = (Vec::new(), 0_f64);
    let mut python_says = None;
    for turn in 0..runs {
        let all = analyze(corpus, 1, Asked::All)?;
        let one = analyze(corpus, 1, Asked::One)?;
        let inflate = only("inflate")?;
        let hash = hashing(&here, corpus)?;
        let floor = only("libdeflate")?;
        let two = analyze(corpus, 2, Asked::All)?;
        whole.push(all.cpu / inflate.cpu);
        single.push(one.cpu / inflate.cpu);
        plain.push((all.cpu - hash) / inflate.cpu);
        share.push(hash / all.cpu);
        libdeflate.push(all.cpu / floor.cpu);
        threads.push(all.wall / two.wall);
        busy.push(two.cpu / two.wall);
        cpu.push([all.cpu, inflate.cpu, hash, floor.cpu]);
        peak = peak.max(two.peak);
        if turn < python_runs {
            match python_run(corpus) {
                Ok((usage, says)) => {
                    let own = analyze(corpus, 2, Asked::One)?;
                    python.push(usage.cpu / own.cpu);
                    python_says = Some(says);
                }
                Err(error) => eprintln!("no comparison with Python: {error}"),
            }
        }
    }
    table.row("all controls : only inflating, CPU", whole, inflate_goal);
    table.row("  the same without hashing", plain, "");
    table.row("  share of hashing in the analysis", share, "");
    table.row("  : only inflating with libdeflate", libdeflate, "");
    table.row("one control : only inflating, CPU", single, "2.0");
    table.row("1 thread : 2 threads, time", threads, "1.8");
    table.row("cores busy at 2 threads, CPU : time", busy, "1.9");
    table.row(
        "Python : ours, CPU, one control, 2 workers each",
        python,
        python_goal,
    );
    if let Some(says) = python_says {
        table.note(&says);
    }
    let median = |at: usize| table::median(&cpu.iter().map(|turn| turn[at]).collect::<Vec<_>>());
    table.note(&format!(
        "CPU-seconds, median: analysis {:.3}, inflate {:.3}, hash {:.3}, libdeflate {:.3}",
        median(0),
        median(1),
        median(2),
        median(3)
    ));
    Ok(peak)
}

/// Makes a corpus, or finds it made, and lets the analysis judge it: speed counts only if it is right.
fn corpus(size: Size, bundles: u64) -> io::Result<Corpus> {
    let options = Options {
        bundles,
        start: 0,
        size,
        seed: SEED,
        damaged: DAMAGED,
    };
    let name = format!("{size:?}-{bundles}").to_lowercase();
    eprintln!("corpus {name}: making it, or using it again");
    let corpus = Corpus::make(&target().join(name), &options)?;
    analyze(&corpus, 2, Asked::All)?;
    let (compared, wrong) = expected::compare(&corpus.expected, &matrix("csv"))?;
    if wrong.is_empty() {
        eprintln!("  {compared} verdicts, all right");
        return Ok(corpus);
    }
    let shown = wrong[..wrong.len().min(20)].join("\n");
    Err(io::Error::other(format!(
        "{} of {compared} verdicts are wrong:\n{shown}",
        wrong.len()
    )))
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-corpus")
}

/// Where an analysis writes to.
fn matrix(ending: &str) -> PathBuf {
    target().join("matrix").with_extension(ending)
}

/// What an analysis is asked.
#[derive(Clone, Copy)]
enum Asked {
    /// Every control of the benchmark that fits each node.
    All,
    /// The one control that the corpus is about.
    One,
    /// Every control of every benchmark.
    EveryBenchmark,
}

fn analyze(corpus: &Corpus, threads: u32, asked: Asked) -> io::Result<Usage> {
    analyze_some(&[corpus.bundles.as_ref()], threads, asked)
}

/// Judges PATHs, or what a list names.
fn analyze_some(paths: &[&OsStr], threads: u32, asked: Asked) -> io::Result<Usage> {
    let (jobs, output) = (format!("-j{threads}"), matrix("csv"));
    let control = controls()?;
    let mut arguments: Vec<&OsStr> = vec!["analyze".as_ref()];
    arguments.extend(paths);
    arguments.extend(["--quiet", &jobs].map(OsStr::new));
    arguments.extend(["-o".as_ref(), output.as_os_str()]);
    match asked {
        Asked::All => {}
        Asked::One => arguments.extend(["-c", &control].map(OsStr::new)),
        Asked::EveryBenchmark => arguments.extend(["-b", "all"].map(OsStr::new)),
    }
    // 3: the damaged ones.
    measure::run(
        env!("CARGO_BIN_EXE_nodeproof").as_ref(),
        &arguments,
        &[0, 3],
    )
}

/// The control that the corpus is about, under its number in every benchmark that has it.
fn controls() -> io::Result<String> {
    let catalog = Catalog::built_in().map_err(io::Error::other)?;
    let benchmarks = catalog.benchmarks.iter().flat_map(|benchmark| {
        let own = benchmark.controls.iter();
        let own = own.filter(|control| control.rule.as_deref() == Some(expected::RULE));
        own.map(|control| format!("{}:{}", benchmark.id, control.number))
    });
    Ok(benchmarks.collect::<Vec<_>>().join(","))
}

/// What a further row, a control plane and a start cost.
fn further(table: &mut Table, small: &Corpus, few: &Corpus, runs: usize) -> io::Result<()> {
    table.heading("rows, roles, start; CPU, 1 thread");
    let lists = Lists::of(small)?;
    let mut lines: [Vec<f64>; 3] = Default::default();
    let [row, control_plane, start] = &mut lines;
    let written = || Ok::<_, io::Error>(BufReader::new(File::open(matrix("csv"))?).lines().count());
    for _ in 0..runs {
        let auto = analyze(few, 1, Asked::All)?;
        let fewer = written()?;
        let all = analyze(few, 1, Asked::EveryBenchmark)?;
        let rows = written()?.saturating_sub(fewer).max(1);
        row.push((all.cpu - auto.cpu) / rows as f64 * 1e6);
        let of = |list: &Path| {
            let paths = [
                small.bundles.as_os_str(),
                "--list".as_ref(),
                list.as_os_str(),
            ];
            analyze_some(&paths, 1, Asked::All)
        };
        control_plane.push(of(&lists.control_planes)?.cpu / of(&lists.workers)?.cpu);
        start.push(of(&lists.single)?.cpu * 1e3);
    }
    table.row("a further row (-b all less auto), microseconds", row, "1.5");
    table.row(
        "a control-plane node : a worker of kubeadm",
        control_plane,
        "1.5",
    );
    table.row("one worker, start to end, milliseconds", start, "3");
    Ok(())
}

/// What other programs make of the same bundles.
fn beside(table: &mut Table, peers: &Peers, few: &Corpus, runs: usize) -> io::Result<()> {
    table.heading("other programs : ours, one control, CPU, 2 workers each");
    let out = matrix("insights.csv");
    let (mut insights, mut ripgrep) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let own = analyze(few, 2, Asked::One)?;
        insights.push(peers.insights(&few.bundles, &out)?.cpu / own.cpu);
        ripgrep.push(peers.ripgrep(&few.bundles)?.cpu / own.cpu);
    }
    table.row("a rule of insights-core : ours", &insights, "");
    let (compared, wrong) = expected::compare(&few.expected, &out)?;
    let right = compared.saturating_sub(wrong.len());
    table.note(&format!(
        "insights-core had {right} of {compared} verdicts right"
    ));
    table.row("rg -z, which only searches : ours", &ripgrep, "");
    Ok(())
}

/// Lists of as many bundles of control planes as of workers, and of one.
struct Lists {
    control_planes: PathBuf,
    workers: PathBuf,
    single: PathBuf,
}

impl Lists {
    fn of(corpus: &Corpus) -> io::Result<Self> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&corpus.bundles)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort();
        let names = names.iter().map(String::as_str);
        let control_planes: Vec<&str> = names.clone().filter(|n| n.contains("-cp-")).collect();
        let workers = names.filter(|name| name.contains("-worker-"));
        let workers: Vec<&str> = workers.take(control_planes.len()).collect();
        let write = |name: &str, names: &[&str]| {
            let path = target().join(name);
            std::fs::write(&path, names.join("\n"))?;
            Ok::<_, io::Error>(path)
        };
        Ok(Self {
            control_planes: write("control-planes.list", &control_planes)?,
            workers: write("workers.list", &workers)?,
            single: write("single.list", workers.get(..1).unwrap_or_default())?,
        })
    }
}

/// Seconds of CPU; measured inside, because it must inflate what it hashes.
fn hashing(here: &Path, corpus: &Corpus) -> io::Result<f64> {
    let output = Command::new(here)
        .args(["only", "hash"])
        .arg(&corpus.bundles)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .map_err(|_| io::Error::other("hashing gave no number"))
}

/// The same job by `compare.py`, and how often it was right.
fn python_run(corpus: &Corpus) -> io::Result<(Usage, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare.py");
    let output = matrix("python.csv");
    let arguments: [&OsStr; 3] = [script.as_ref(), corpus.bundles.as_ref(), output.as_ref()];
    let usage = measure::run("python3".as_ref(), &arguments, &[0])?;
    let (compared, wrong) = expected::compare(&corpus.expected, &output)?;
    let right = compared.saturating_sub(wrong.len());
    Ok((
        usage,
        format!("Python had {right} of {compared} verdicts right"),
    ))
}

fn describe(corpus: &Corpus) -> io::Result<String> {
    let (mut count, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(&corpus.bundles)? {
        count += 1;
        bytes += entry?.metadata()?.len();
    }
    let inflated = floor::inflate(&corpus.bundles)? as f64;
    let mean = bytes as f64 / 1e3 / f64::from(count);
    Ok(format!(
        "{count} bundles with those of clusters, {:.1} MB that inflate to {:.0} MB, {mean:.1} KB each",
        bytes as f64 / 1e6,
        inflated / 1e6
    ))
}
