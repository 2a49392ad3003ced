//! What was measured, kept in the user's cache, so that not every command has to measure again.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::{Cpu, Isa, Machine, Subject};
use crate::folders;

/// A version of the file. It grows whenever a figure would be measured in another way.
const FORMAT: u32 = 1;
/// Nothing that we wrote is larger.
const MOST: u64 = 1 << 20;

/// A machine, with where the figures are from.
#[derive(Clone, Debug)]
pub struct Known {
    pub machine: Machine,
    /// Seconds since the beginning of 1970.
    pub measured_at: u64,
    /// Whether an earlier run measured it.
    pub was_kept: bool,
    /// Where it is kept; none if it is not.
    pub file: Option<PathBuf>,
    /// What went wrong with keeping it, which is no reason to stop.
    pub note: Option<String>,
}

#[derive(Deserialize)]
struct Kept {
    measured_at: u64,
    machine: Machine,
}

/// The same, on its way to the file.
#[derive(Serialize)]
struct Keep<'a> {
    format: u32,
    measured_at: u64,
    machine: &'a Machine,
}

/// The part of the file that every version has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Why a file is not used.
#[derive(Debug, PartialEq)]
enum Refused {
    /// There is none, or it is of another version or machine.
    DoesNotFit,
    /// It cannot be read.
    Broken(String),
}

/// What an earlier run kept, if it fits this machine; otherwise it is measured and kept, as [`measure_and_keep`] does.
///
/// # Errors
/// Those of [`Machine::measure`].
pub fn load_or_measure(progress: &mut dyn FnMut(f64, &Subject)) -> Result<Known, String> {
    let Some(file) = file() else { return measure_and_keep(progress) };
    match load(&file, &Cpu::here(), &Isa::here()) {
        Ok(Kept { machine, measured_at }) => {
            Ok(Known { machine, measured_at, was_kept: true, file: Some(file), note: None })
        }
        Err(Refused::DoesNotFit) => measure_and_keep(progress),
        Err(Refused::Broken(why)) => {
            let mut known = measure_and_keep(progress)?;
            known.note.get_or_insert_with(|| format!("{} was of no use ({why}), and is written anew", file.display()));
            Ok(known)
        }
    }
}

/// What an earlier run kept, if it fits this machine; nothing is measured.
pub fn kept() -> Option<Machine> {
    load(&file()?, &Cpu::here(), &Isa::here()).ok().map(|kept| kept.machine)
}

/// Measures, and keeps what was measured if there is a place for it.
///
/// # Errors
/// Those of [`Machine::measure`].
pub fn measure_and_keep(progress: &mut dyn FnMut(f64, &Subject)) -> Result<Known, String> {
    let machine = Machine::measure(progress)?;
    let mut known = Known { machine, measured_at: now(), was_kept: false, file: None, note: None };
    match file() {
        None => known.note = Some("not kept: neither XDG_CACHE_HOME nor HOME is an absolute path".into()),
        Some(file) => match keep(&file, &known.machine, known.measured_at) {
            Ok(()) => known.file = Some(file),
            Err(error) => known.note = Some(format!("not kept in {}: {error}", file.display())),
        },
    }
    Ok(known)
}

/// Seconds since the beginning of 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

fn file() -> Option<PathBuf> {
    Some(folders::cache()?.join("cpu.json"))
}

fn load(file: &Path, cpu: &Cpu, isa: &Isa) -> Result<Kept, Refused> {
    let broken = |error: io::Error| Refused::Broken(error.to_string());
    let about = match fs::metadata(file) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Refused::DoesNotFit),
        Err(error) => return Err(broken(error)),
    };
    if !about.is_file() || about.len() > MOST {
        return Err(Refused::Broken("not a file that toy wrote".into()));
    }
    parse(&fs::read(file).map_err(broken)?, cpu, isa)
}

fn parse(text: &[u8], cpu: &Cpu, isa: &Isa) -> Result<Kept, Refused> {
    let broken = |error: serde_json::Error| Refused::Broken(error.to_string());
    if serde_json::from_slice::<Format>(text).map_err(broken)?.format != FORMAT {
        return Err(Refused::DoesNotFit);
    }
    let kept: Kept = serde_json::from_slice(text).map_err(broken)?;
    if kept.machine.cpu != *cpu || kept.machine.isa != *isa {
        return Err(Refused::DoesNotFit);
    }
    Ok(kept)
}

/// Replaces the file as a whole, so that nobody reads half of it.
fn keep(file: &Path, machine: &Machine, measured_at: u64) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&Keep { format: FORMAT, measured_at, machine })?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = file.with_extension(format!("json.{}", std::process::id()));
    let written = fs::write(&fresh, text + "\n").and_then(|()| fs::rename(&fresh, file));
    if written.is_err() {
        // It may not be there at all.
        let _ = fs::remove_file(&fresh);
    }
    written
}

#[cfg(test)]
mod tests;
