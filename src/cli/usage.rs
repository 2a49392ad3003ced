//! Mistakes on the command line: what may have been meant.

use std::path::Path;

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::objects::suggest::suggest;

/// The mistake with what may have been meant, where that can be told.
pub fn explained(mut error: Error, command: &Command) -> Error {
    let Some(wrong) = wrong_word(&error) else { return error };
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand if is_script(&wrong) => format!("to run a script: toy run {wrong}"),
        ErrorKind::InvalidSubcommand => {
            let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            match suggest(&wrong, names.iter().copied()) {
                Some(near) => {
                    error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(near.into()));
                    return error;
                }
                None => format!("the commands are {}", names.join(", ")),
            }
        }
        ErrorKind::UnknownArgument if !is_of(command, &wrong) => {
            let owner = command.get_subcommands().find(|command| is_of(command, &wrong)).map(Command::get_name);
            // Behind a command, clap says what is similar there.
            match owner.filter(|_| is_first(&wrong)) {
                Some(owner) => format!("'{wrong}' goes behind a command: toy {owner} {wrong} …"),
                None => return error,
            }
        }
        _ => return error,
    };
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    error
}

/// The word that clap did not understand.
fn wrong_word(error: &Error) -> Option<String> {
    let wrong = error.get(ContextKind::InvalidSubcommand).or_else(|| error.get(ContextKind::InvalidArg))?;
    match wrong {
        ContextValue::String(word) => Some(word.clone()),
        _ => None,
    }
}

fn is_script(word: &str) -> bool {
    word == "-" || word.ends_with(".toy") || word.ends_with(".py") || Path::new(word).is_file()
}

/// Whether a command has an option that is written so.
fn is_of(command: &Command, option: &str) -> bool {
    let name = option.split('=').next().unwrap_or_default();
    command.get_arguments().any(|argument| {
        argument.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long))
            || argument.get_short().is_some_and(|short| name.strip_prefix('-') == Some(short.to_string().as_str()))
    })
}

/// Whether it is the first word of the command line.
fn is_first(option: &str) -> bool {
    std::env::args().nth(1).is_some_and(|first| first.starts_with(option))
}

/// The script that may have been meant instead of one that does not exist.
pub fn nearest_script(path: &str) -> Option<String> {
    /// More files than this are not looked at.
    const MOST: usize = 1000;
    let path = Path::new(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let files = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?.take(MOST);
    let names: Vec<String> = files.filter_map(|file| file.ok()?.file_name().into_string().ok()).collect();
    let scripts = names.iter().map(String::as_str).filter(|name| name.ends_with(".toy") || name.ends_with(".py"));
    let mut scripts: Vec<&str> = scripts.collect();
    scripts.sort_unstable();
    let near = suggest(path.file_name()?.to_str()?, scripts)?;
    Some(folder.map_or(near.into(), |folder| folder.join(near).display().to_string()))
}
