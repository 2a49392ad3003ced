//! `print`, `input` and `open`.

use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::call::Args;
use crate::interp::host::Opening;
use crate::interp::runtime::Runtime;
use crate::objects::files::{stream, system_error, writable};
use crate::objects::number::to_index;
use crate::objects::{arguments, operators, suggest, text};
use crate::stream::{Newline, TextStream, Traits};
use crate::value::{Kind, Value};

/// `print(*values, sep=' ', end='\n', file=None, flush=False)`
pub fn print(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let mut options = [const { None }; 4];
    const NAMES: [&str; 4] = ["sep", "end", "file", "flush"];
    for (name, value) in &args.keywords {
        match NAMES.iter().position(|known| **known == **name) {
            Some(at) => options[at] = Some(value.clone()),
            None => {
                let hint = suggest::suggest(name, NAMES);
                let hint = hint.map(|close| format!(". Did you mean '{close}'?")).unwrap_or_default();
                let message = format!("print() got an unexpected keyword argument '{name}'{hint}");
                return Err(Raised::type_error(message));
            }
        }
    }
    let [separator, end, file, flush] = options;
    let file = arguments::given(file).unwrap_or_else(|| cx.system.stdout.clone());
    let separator = separator_text("sep", arguments::given(separator), " ")?;
    let end = separator_text("end", arguments::given(end), "\n")?;
    let flush = flush.map_or(Ok(false), |flush| operators::truth(&flush))?;
    let file = &writable(&file)?.0;
    for (at, value) in args.positional.iter().enumerate() {
        if at > 0 {
            file.borrow_mut().write(&separator)?;
        }
        match value.as_str() {
            Some(text) => file.borrow_mut().write(text)?,
            None => {
                let text = text::str(value)?;
                file.borrow_mut().write(&text)?;
            }
        }
    }
    file.borrow_mut().write(&end)?;
    if flush {
        file.borrow_mut().flush()?;
    }
    Ok(Value::none())
}

fn separator_text(name: &str, value: Option<Value>, default: &str) -> Result<String> {
    match value {
        None => Ok(default.into()),
        Some(value) => match value.as_str() {
            Some(text) => Ok(text.into()),
            None => Err(Raised::type_error(format!("{name} must be None or a string, not {}", value.type_name()))),
        },
    }
}

/// `input(prompt='')`
pub fn input(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    arguments::no_keywords("input", &args.keywords)?;
    arguments::count("input", &args.positional, 0, 1)?;
    stream(&cx.system.stderr).flush()?;
    let prompt = match args.positional.first() {
        Some(prompt) => text::str(prompt)?,
        None => String::new(),
    };
    let (stdin, stdout) = (cx.system.stdin.clone(), cx.system.stdout.clone());
    if !prompt.is_empty() {
        stream(&stdout).write(&prompt)?;
    }
    stream(&stdout).flush()?;
    let line = stream(&stdin).read_line(None)?;
    if line.is_empty() {
        // A person knows what was pressed.
        let dialogue = [&stdin, &stdout].iter().all(|file| stream(file).channel().is_terminal());
        return Err(Raised::new(ErrorKind::EOFError, if dialogue { "" } else { "EOF when reading a line" }));
    }
    Ok(Value::str(line.strip_suffix('\n').unwrap_or(&line)))
}

/// `open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)`
pub fn open(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let names = ["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"];
    let [file, mode, buffering, encoding, errors, newline, closefd, opener] =
        arguments::bind("open", names, 1, &args.positional, &args.keywords)?;
    let mode = match &mode {
        None => "r",
        Some(mode) => mode.as_str().ok_or_else(|| {
            Raised::type_error(format!("open() argument 'mode' must be str, not {}", arguments::shown_type(mode)))
        })?,
    };
    let buffering = buffering.as_ref().map_or(Ok(-1), to_index)?;
    let encoding = text_or_none("encoding", &encoding)?;
    let errors = text_or_none("errors", &errors)?;
    let newline = text_or_none("newline", &newline)?;
    let closefd = closefd.map_or(Ok(true), |closefd| operators::truth(&closefd))?;
    let path = path(&file.expect("the file is required"))?;
    let how = parse_mode(mode)?;
    if arguments::given(opener).is_some() {
        return Err(refused("an opener"));
    }
    if !closefd {
        return Err(Raised::value_error("Cannot use closefd=False with file name"));
    }
    if buffering == 0 {
        return Err(Raised::value_error("can't have unbuffered text I/O"));
    }
    if let Some(name) = encoding.filter(|name| !is_utf8(name)) {
        return Err(refused(&format!("the encoding '{name}': files are UTF-8")));
    }
    if let Some(name) = errors.filter(|name| *name != "strict") {
        return Err(refused(&format!("errors='{name}': what is not UTF-8 is an error")));
    }
    let newline = match newline {
        None => Newline::Universal,
        Some(newline) => {
            Newline::parse(newline).ok_or_else(|| Raised::value_error(format!("illegal newline value: {newline}")))?
        }
    };
    let channel = cx.host.open(&path, how).map_err(|error| system_error(&error, Some(&path)))?;
    let traits = Traits {
        name: path,
        mode: mode.into(),
        encoding: encoding.unwrap_or("UTF-8").into(),
        errors: "strict",
        readable: how.read,
        writable: how.write || how.append,
        newline,
        line_buffering: buffering == 1 || channel.is_terminal(),
    };
    Ok(cx.system.file(TextStream::new(traits, channel)))
}

fn refused(what: &str) -> Raised {
    Raised::new(ErrorKind::NotImplementedError, format!("toy's open() does not support {what}"))
}

fn text_or_none<'a>(name: &str, value: &'a Option<Value>) -> Result<Option<&'a str>> {
    match value.as_ref().filter(|value| value.kind() != Kind::None) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or_else(|| {
            Raised::type_error(format!("open() argument '{name}' must be str or None, not {}", value.type_name()))
        }),
    }
}

fn path(file: &Value) -> Result<String> {
    match file.kind() {
        Kind::Str => {}
        Kind::Int | Kind::Bool => return Err(refused("file descriptors")),
        _ => {
            return Err(Raised::type_error(format!(
                "expected str, bytes or os.PathLike object, not {}",
                file.type_name()
            )));
        }
    }
    let path = file.as_str().expect("its kind was tested");
    if path.contains('\0') {
        return Err(Raised::value_error("embedded null byte"));
    }
    Ok(path.into())
}

/// The spellings of UTF-8 that Python knows.
fn is_utf8(encoding: &str) -> bool {
    let folded = encoding.to_ascii_lowercase().replace(['-', ' '], "_");
    matches!(folded.as_str(), "utf_8" | "utf8" | "u8" | "utf" | "cp65001")
}

/// How a file is opened in a mode such as `r` or `w+`.
fn parse_mode(mode: &str) -> Result<Opening> {
    let known = |c| "xrwatb+".contains(c);
    if mode.chars().enumerate().any(|(at, c)| !known(c) || mode.chars().skip(at + 1).any(|other| other == c)) {
        return Err(Raised::value_error(format!("invalid mode: '{mode}'")));
    }
    let has = |c| mode.contains(c);
    if has('b') && has('t') {
        return Err(Raised::value_error("can't have text and binary mode at once"));
    }
    let update = has('+');
    let how = match "xrwa".chars().filter(|c| has(*c)).collect::<String>().as_str() {
        "r" => Opening { read: true, write: update, ..Opening::default() },
        "w" => Opening { read: update, write: true, truncate: true, create: true, ..Opening::default() },
        "a" => Opening { read: update, append: true, create: true, ..Opening::default() },
        "x" => Opening { read: update, write: true, create_new: true, ..Opening::default() },
        "" => {
            return Err(Raised::value_error(
                "Must have exactly one of create/read/write/append mode and at most one plus",
            ));
        }
        _ => return Err(Raised::value_error("must have exactly one of create/read/write/append mode")),
    };
    if has('b') { Err(refused("binary mode: files are text")) } else { Ok(how) }
}
