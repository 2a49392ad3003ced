//! What became of a script's loops, in words: for `--report`, and for the stages of `--emit` that are of loops.

use super::emit::{Stage, Stages};
use super::figures::grouped;
use crate::diagnostic::Remark;
use crate::interp::hot::report::{Fate, LoopReport, VersionReport};
use crate::loops::why::Why;
use crate::source::{Source, Span};

/// Every loop of a script: what became of it, how often it ran, and why it was left.
pub fn report(reports: &[LoopReport], source: &Source, color: bool) -> String {
    let remarks: Vec<String> = reports.iter().map(|report| remark(report, source).render(source, color)).collect();
    remarks.join("\n")
}

fn remark(report: &LoopReport, source: &Source) -> Remark {
    let place = match &*report.function {
        "<module>" => "this loop".to_owned(),
        function => format!("this loop of {function}()"),
    };
    let (mut labels, mut notes) = (Vec::new(), Vec::new());
    let message = match &report.fate {
        Fate::Cold(0) => format!("{place} never came to a second iteration"),
        Fate::Cold(count) => format!("{place} was interpreted: it jumped back {} only", times(*count as u64)),
        Fate::Inside => format!("{place} ran as part of the typed code of the loop around it"),
        Fate::Interpreted(None) => format!("{place} was interpreted, as it was asked for"),
        Fate::Interpreted(why) => {
            labels.extend(why.as_ref().map(|why| label(why, None)));
            notes.extend(why.as_ref().map(explain));
            format!("{place} was interpreted: it cannot be compiled")
        }
        Fate::Threaded(len) => format!("{place} ran as call-threaded code, {} bytes", grouped(*len as u64)),
        Fate::Typed(versions, stopped) => {
            for version in versions {
                labels.extend(version.left.iter().map(|(why, count)| label(why, Some(*count))));
                labels.extend(version.not_vector.iter().map(|why| label(why, None)));
                notes.push(ran(version));
            }
            let stopped = stopped.as_ref().map(|why| format!("given up: too often left by {}", why.reason.code()));
            notes.extend(stopped);
            let left = versions.iter().flat_map(|version| &version.left).map(|(why, _)| why);
            let not_vector = versions.iter().flat_map(|version| &version.not_vector);
            notes.extend(left.chain(not_vector).map(explain).next());
            let sum = |count: fn(&VersionReport) -> u64| versions.iter().map(count).sum::<u64>();
            let iterations = sum(|version| version.iterations);
            let reasons = [
                (sum(|version| version.overlapping), "what it writes overlaps what it reads"),
                (sum(|version| version.guarded), "some iteration might fail"),
            ];
            for (count, why) in reasons.into_iter().filter(|(count, _)| *count > 0) {
                notes.insert(0, format!("no array expression after all, {}: {why}", times(count)));
            }
            let vectorized = sum(|version| version.vectorized);
            if vectorized > 0 {
                notes.insert(0, format!("{} of inner loops as array expressions", iterations_text(vectorized)));
            }
            format!(
                "{place} ran as typed code: {} in {}",
                iterations_text(iterations),
                entries(sum(|version| version.entered))
            )
        }
    };
    Remark { message, span: first_line(report.span, source), labels, notes }
}

/// The code of a loop's versions, at the stages that were asked for.
pub fn listing(reports: &[LoopReport], stages: &Stages, source: &Source) -> String {
    let mut text = String::new();
    for report in reports {
        let Fate::Typed(versions, _) = &report.fate else { continue };
        for version in versions {
            let line = source.number(source.line(report.span.start));
            text += &format!("=== loop at line {line}: {} bytes of machine code\n", grouped(version.len as u64));
            text += &format!("{}\n", ran(version));
            if stages.contains(Stage::LoopIr) {
                text += &format!("--- loop-ir\n{}", version.ir);
            }
            let Some(listing) = &version.listing else { continue };
            if stages.contains(Stage::Clif) {
                text += &format!("--- clif\n{}\n", listing.clif.trim_end());
            }
            if stages.contains(Stage::Asm) {
                text += &format!("--- asm\n{}", listing.asm);
            }
        }
    }
    text
}

fn ran(version: &VersionReport) -> String {
    let types = if version.types.is_empty() { "no variable".to_owned() } else { version.types.clone() };
    format!(
        "for {types}; compiled in {:.2} ms, {} bytes",
        version.compiled_in as f64 / 1e6,
        grouped(version.len as u64)
    )
}

fn label(why: &Why, count: Option<u64>) -> (Span, String) {
    let count = count.map_or(String::new(), |count| format!(", left here {}", times(count)));
    (why.span, format!("{}: {why}{count}", why.reason.code()))
}

fn explain(why: &Why) -> String {
    format!("toy explain {} says what it means, and what to do about it", why.reason.code())
}

fn first_line(span: Span, source: &Source) -> Span {
    let text = source.slice(span);
    let len = text.find('\n').unwrap_or(text.len());
    Span::new(span.start as usize, span.start as usize + len)
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{} times", grouped(count)),
    }
}

fn entries(count: u64) -> String {
    match count {
        1 => "one run".to_owned(),
        count => format!("{} runs", grouped(count)),
    }
}

fn iterations_text(count: u64) -> String {
    match count {
        1 => "one iteration".to_owned(),
        count => format!("{} iterations", grouped(count)),
    }
}
