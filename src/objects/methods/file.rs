//! Methods and attributes of open files.

use std::io::SeekFrom;

use super::{Members, NOTHING};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::files::{stream, system_error};
use crate::objects::iteration;
use crate::objects::number::{IndexValue, index_value, not_an_integer, to_index};
use crate::stream::{StreamError, TextStream};
use crate::value::{Kind, Value};

pub(super) static FILE: Members = Members {
    methods: &[
        ("close", |file, args, keywords| {
            none("close", args, keywords)?;
            stream(file).close()?;
            Ok(Value::none())
        }),
        ("fileno", fileno),
        ("flush", |file, args, keywords| {
            none("flush", args, keywords)?;
            stream(file).flush()?;
            Ok(Value::none())
        }),
        ("isatty", |file, args, keywords| asked("isatty", file, args, keywords, |file| file.channel().is_terminal())),
        ("read", read),
        ("readable", |file, args, keywords| asked("readable", file, args, keywords, |file| file.traits.readable)),
        ("readline", read_line),
        ("readlines", read_lines),
        ("seek", seek),
        ("seekable", |file, args, keywords| {
            asked("seekable", file, args, keywords, |file| file.channel().is_seekable())
        }),
        ("tell", |file, args, keywords| {
            none("tell", args, keywords)?;
            Ok(Value::int(stream(file).tell()? as i64))
        }),
        ("truncate", truncate),
        ("writable", |file, args, keywords| asked("writable", file, args, keywords, |file| file.traits.writable)),
        ("write", write),
    ],
    calling: &[("writelines", write_lines)],
    attributes: &[
        ("closed", |file| Value::bool(stream(file).is_closed())),
        ("encoding", |file| Value::str(stream(file).traits.encoding.as_str())),
        ("errors", |file| Value::str(stream(file).traits.errors)),
        ("line_buffering", |file| Value::bool(stream(file).traits.line_buffering)),
        ("mode", |file| Value::str(stream(file).traits.mode.as_str())),
        ("name", |file| Value::str(stream(file).traits.name.as_str())),
        ("write_through", |_| Value::bool(false)),
    ],
    refused: &["buffer", "detach", "newlines", "reconfigure"],
    ..NOTHING
};

/// The name of a method as errors about its arguments spell it.
fn spelled(method: &str) -> String {
    format!("TextIOWrapper.{method}")
}

fn none(method: &str, args: &[Value], keywords: Keywords) -> Result<()> {
    arguments::none(&spelled(method), args, keywords)
}

/// The argument of a method that takes one or none.
fn optional<'a>(method: &str, args: &'a [Value], keywords: Keywords) -> Result<Option<&'a Value>> {
    arguments::no_keywords(&spelled(method), keywords)?;
    arguments::count(method, args, 0, 1)?;
    Ok(args.first())
}

/// A question that an open file answers.
fn asked(
    method: &str,
    file: &Value,
    args: &[Value],
    keywords: Keywords,
    answer: fn(&TextStream) -> bool,
) -> Result<Value> {
    none(method, args, keywords)?;
    let stream = stream(file);
    // What a file was not opened for it says even when it is closed.
    if stream.is_closed() && (answer(&stream) || !matches!(method, "readable" | "writable")) {
        return Err(Raised::value_error("I/O operation on closed file"));
    }
    Ok(Value::bool(answer(&stream)))
}

fn fileno(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    none("fileno", args, keywords)?;
    let stream = stream(file);
    if stream.is_closed() {
        return Err(Raised::value_error("I/O operation on closed file"));
    }
    match stream.channel().descriptor() {
        Some(descriptor) => Ok(Value::int(descriptor.into())),
        None => Err(StreamError::Unsupported("fileno").into()),
    }
}

/// A count that may be absent, `None` or negative, which all mean "without bound".
fn bound(value: Option<&Value>) -> Result<Option<usize>> {
    let Some(value) = value.filter(|value| value.kind() != Kind::None) else { return Ok(None) };
    match index_value(value) {
        Some(IndexValue::At(count)) => Ok(usize::try_from(count).ok()),
        Some(IndexValue::Huge { .. }) => {
            Err(Raised::new(ErrorKind::OverflowError, "cannot fit 'int' into an index-sized integer"))
        }
        None => Err(Raised::type_error(format!("argument should be integer or None, not '{}'", value.type_name()))),
    }
}

fn read(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let text = match bound(optional("read", args, keywords)?)? {
        None => stream(file).read_all(),
        Some(count) => stream(file).read(count),
    };
    Ok(Value::str(text?))
}

fn read_line(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let limit = match optional("readline", args, keywords)? {
        Some(limit) => usize::try_from(to_index(limit)?).ok(),
        None => None,
    };
    Ok(Value::str(stream(file).read_line(limit)?))
}

/// Lines until they have more characters than the argument says.
fn read_lines(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let enough = bound(optional("readlines", args, keywords)?)?.filter(|enough| *enough > 0);
    let (mut lines, mut chars) = (Vec::new(), 0);
    while enough.is_none_or(|enough| chars <= enough) {
        let Some(line) = stream(file).next_line()? else { break };
        chars += line.chars().count();
        lines.push(Value::str(line));
    }
    Ok(Value::list(lines))
}

fn seek(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords(&spelled("seek"), keywords)?;
    arguments::count("seek", args, 1, 2)?;
    let whence = args.get(1).map_or(Ok(0), to_index)?;
    let Some(place) = index_value(&args[0]) else { return Err(not_an_integer(&args[0])) };
    let mut stream = stream(file);
    if stream.is_closed() {
        return Err(StreamError::Closed.into());
    }
    let place = match (whence, place) {
        (0, IndexValue::At(place @ 0..)) => SeekFrom::Start(place as u64),
        (0, IndexValue::At(place)) => return Err(Raised::value_error(format!("negative seek position {place}"))),
        (0, IndexValue::Huge { .. }) => return Err(invalid()),
        (1, IndexValue::At(0)) => SeekFrom::Start(stream.tell()?),
        (1, _) => return Err(StreamError::Unsupported("can't do nonzero cur-relative seeks").into()),
        (2, IndexValue::At(0)) => SeekFrom::End(0),
        (2, _) => return Err(StreamError::Unsupported("can't do nonzero end-relative seeks").into()),
        _ => return Err(Raised::value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    Ok(Value::int(stream.seek(place)? as i64))
}

fn truncate(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let len = optional("truncate", args, keywords)?.filter(|len| len.kind() != Kind::None).map(to_index).transpose()?;
    let len = match len.map(u64::try_from) {
        None => None,
        Some(Ok(len)) => Some(len),
        Some(Err(_)) => return Err(invalid()),
    };
    Ok(Value::int(stream(file).truncate(len)? as i64))
}

/// What the system says to a place that cannot be.
fn invalid() -> Raised {
    system_error(&std::io::Error::from_raw_os_error(22), None)
}

fn write(file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let text = arguments::one(&spelled("write"), args, keywords)?;
    let Some(text) = text.as_str() else {
        return Err(Raised::type_error(format!("write() argument must be str, not {}", arguments::shown_type(text))));
    };
    stream(file).write(text)?;
    Ok(Value::int(text.chars().count() as i64))
}

fn write_lines(cx: &mut dyn Caller, file: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let lines = arguments::one(&spelled("writelines"), args, keywords)?;
    if stream(file).is_closed() {
        return Err(StreamError::Closed.into());
    }
    iteration::for_each(cx, lines, |_, line| write(file, &[line], &[]).map(drop))?;
    Ok(Value::none())
}
