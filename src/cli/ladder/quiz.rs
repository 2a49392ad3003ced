//! `--quiz`: how many times as fast will the next rung be? Guess first, then see.

use std::io::{BufRead, Result, Write};

use super::interval::Factor;
use super::model::{Ladder, Outcome};
use crate::cli::figures::figure;
use crate::cli::rig::missing::Missing;

/// How often a line that is no number is asked for again.
const TRIES: usize = 3;
/// The most that a guess is worth.
const BEST: u32 = 3;

/// Asks for a guess of each rung that was measured, and then shows it.
///
/// # Errors
/// If the answers cannot be read, or nothing more can be written.
pub fn ask(ladder: &Ladder, mut input: impl BufRead, mut out: impl Write, color: bool) -> Result<()> {
    writeln!(out, "{}\n{}\n", ladder.title(), ladder.machine())?;
    writeln!(out, "Before each rung, guess how many times as fast it is as the one before it (0.5: half as fast).")?;
    writeln!(
        out,
        "{BEST} points for a factor that is right or nearly so, 2 within 1.5 times of it, 1 within 2 times.\n"
    )?;
    let (mut points, mut asked) = (0, 0);
    let mut before: Option<&str> = None;
    for row in &ladder.rungs {
        let measured = match &row.outcome {
            Outcome::Measured(measured) => measured,
            Outcome::Missing(why) => {
                skip(&mut out, &row.name, why)?;
                continue;
            }
        };
        let ns = figure(measured.ns_per_iteration.median);
        let (Some(last), Some(factor)) = (before, measured.to_before) else {
            writeln!(out, "{}: {ns} ns for an iteration.\n", row.name)?;
            before = Some(&row.name);
            continue;
        };
        writeln!(out, "{}. What is gone: {}.", row.name, row.gone)?;
        let Some(guess) = guess(&mut input, &mut out, last)? else {
            writeln!(out, "\nNo more answers.")?;
            break;
        };
        let won = score(guess, factor);
        points += won;
        asked += 1;
        writeln!(
            out,
            "{ns} ns: {} times as fast ({} – {}); {}. {won} of {BEST} points.\n",
            figure(factor.median),
            figure(factor.low),
            figure(factor.high),
            measured.answer.words()
        )?;
        before = Some(&row.name);
    }
    match asked {
        0 => writeln!(out, "No guess, no score."),
        asked => {
            writeln!(out, "{points} of {} points.\n", asked * BEST)?;
            write!(out, "{}", super::text::ladder(ladder, color))
        }
    }
}

fn skip(out: &mut impl Write, name: &str, why: &Missing) -> Result<()> {
    writeln!(out, "{name}: {}.\n", why.words())
}

/// A positive number; none when there is nothing more to read, or nothing sensible.
fn guess(input: &mut impl BufRead, out: &mut impl Write, last: &str) -> Result<Option<f64>> {
    for _ in 0..TRIES {
        write!(out, "How many times as fast as '{last}'? ")?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let text = line.trim().trim_end_matches(['x', '×']).trim().replace(',', ".");
        match text.parse::<f64>() {
            Ok(guess) if guess > 0.0 && guess.is_finite() => return Ok(Some(guess)),
            Ok(_) | Err(_) => writeln!(out, "A number above 0, such as 1.5.")?,
        }
    }
    Ok(None)
}

/// Points for a guess: what the measurement leaves open is right, and so is what is within a tenth of it.
pub fn score(guess: f64, factor: Factor) -> u32 {
    let off = (guess / factor.median).max(factor.median / guess);
    if (factor.low..=factor.high).contains(&guess) || off <= 1.1 {
        BEST
    } else if off <= 1.5 {
        2
    } else if off <= 2.0 {
        1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn guesses_are_scored_by_their_ratio() {
        let factor = Factor { median: 4.0, low: 3.0, high: 4.5 };
        let scores: Vec<u32> =
            [4.0, 3.0, 4.5, 4.39, 2.9, 5.9, 2.1, 7.9, 1.9, 8.1].map(|guess| score(guess, factor)).into();
        assert_eq!(scores, [3, 3, 3, 3, 2, 2, 1, 1, 0, 0]);
        // Slower is a factor as well.
        assert_eq!(score(0.5, Factor { median: 0.52, low: 0.51, high: 0.53 }), 3);
    }

    fn played(answers: &str) -> String {
        let mut out = Vec::new();
        ask(&sample::ladder(), answers.as_bytes(), &mut out, false).unwrap();
        let text = String::from_utf8(out).unwrap();
        // The ladder itself follows; it has its own test.
        let end = text.find("points.\n\nscript.toy").map_or(text.len(), |at| at + "points.\n".len());
        text[..end].to_owned()
    }

    #[test]
    fn a_quiz_asks_scores_and_ends() {
        expect![[r#"
            script.toy: the loop at line 4 in f(): 100,000 iterations; iterations are those of line 5
            A CPU, 2 threads, 3.00 GHz when measured

            Before each rung, guess how many times as fast it is as the one before it (0.5: half as fast).
            3 points for a factor that is right or nearly so, 2 within 1.5 times of it, 1 within 2 times.

            interpreter: 64.0 ns for an iteration.

            − dispatch. What is gone: jumps.
            How many times as fast as 'interpreter'? 80.0 ns: 0.800 times as fast (0.622 – 1.03); same bits. 0 of 3 points.

            contiguous. What is gone: pointers.
            How many times as fast as '− dispatch'? A number above 0, such as 1.5.
            How many times as fast as '− dispatch'? 2.00 ns: 40.0 times as fast (31.1 – 51.4); 25.0 % differ, ≤ 3 ULP. 0 of 3 points.

            AVX: line 5: T0021: the body goes <different> ways.

            AVX-512: line 5: T0021: the body goes <different> ways.

            threads: this CPU has no AVX-512.

            0 of 6 points.
        "#]].assert_eq(&played("2\nwhat\n8x\n1,2\n"));
    }

    #[test]
    fn a_quiz_without_answers_ends_politely() {
        assert!(played("").ends_with("No more answers.\nNo guess, no score.\n"));
        assert!(played("no\nno\nno\n").ends_with("No more answers.\nNo guess, no score.\n"));
        assert!(played("3\n").contains("No more answers.\n3 of 3 points.") || played("3\n").contains("of 3 points."));
    }
}
