//! What a script that is measured finds outside of itself, the same in every run.

use std::io;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use crate::cli::Failure;
use crate::interp::host::{Captured, Clock, Host, Opening, Standard};
use crate::stream::{Channel, Memory};

/// What every run of the script finds.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub arguments: Vec<String>,
    pub input: Vec<u8>,
}

/// A host whose clocks tick when they are read, so that every run sees the same times.
struct Stage {
    captured: Captured,
    arguments: Vec<String>,
}

/// What every command has that measures a script for some time, and says so in some form.
pub fn with_arguments(command: Command, seconds: u64) -> Command {
    command
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("S")
                .value_parser(value_parser!(u64).range(1..=3600))
                .help(format!("Time for the measurements [default: {seconds}]")),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["text", "json", "markdown", "svg"]))
                .default_value("text")
                .help("How the result is printed"),
        )
        .arg(Arg::new("input").long("input").value_name("FILE").help("What the script finds as its standard input"))
}

impl World {
    /// As the command line says.
    pub fn of(matches: &ArgMatches) -> Result<World, Failure> {
        let file = matches.get_one::<String>("file").cloned();
        let given = matches.get_many::<String>("arguments").into_iter().flatten().cloned();
        let input = match matches.get_one::<String>("input") {
            None => Vec::new(),
            Some(path) => std::fs::read(path).map_err(|error| Failure::Usage(format!("--input {path}: {error}")))?,
        };
        Ok(World { arguments: file.into_iter().chain(given).collect(), input })
    }

    /// A host that finds it, and what is printed there.
    pub(super) fn host(&self) -> (Box<dyn Host>, Memory) {
        let mut captured = Captured::default();
        captured.input = Memory::new(self.input.clone());
        let out = captured.out.clone();
        (Box::new(Stage { captured, arguments: self.arguments.clone() }), out)
    }
}

impl Host for Stage {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        self.captured.stream(which)
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        self.captured.open(path, how)
    }

    fn clock(&mut self, clock: Clock) -> i64 {
        self.captured.clock(clock)
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        self.captured.sleep(time)
    }

    fn arguments(&self) -> Vec<String> {
        self.arguments.clone()
    }
}
