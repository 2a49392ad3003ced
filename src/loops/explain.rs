//! The page of each reason: what it means, a script that shows it, and the script rewritten.
//!
//! Pages are text. Scripts stand between lines of three backticks: first one with the loop that has to be left, then the
//! same without that. `tests/explain.rs` runs them.

use super::why::Reason;

/// What `toy explain` shows.
pub const fn page(reason: Reason) -> &'static str {
    match reason {
        Reason::Call => include_str!("explain/T0001.md"),
        Reason::Method => include_str!("explain/T0002.md"),
        Reason::Attribute => include_str!("explain/T0003.md"),
        Reason::Operand => include_str!("explain/T0004.md"),
        Reason::Element => include_str!("explain/T0005.md"),
        Reason::Container => include_str!("explain/T0006.md"),
        Reason::Iterable => include_str!("explain/T0007.md"),
        Reason::Construct => include_str!("explain/T0008.md"),
        Reason::Exception => include_str!("explain/T0009.md"),
        Reason::Unbound => include_str!("explain/T0010.md"),
        Reason::Effects => include_str!("explain/T0011.md"),
        Reason::ChangedType => include_str!("explain/T0012.md"),
        Reason::Overflow => include_str!("explain/T0013.md"),
        Reason::Bounds => include_str!("explain/T0014.md"),
        Reason::Division => include_str!("explain/T0015.md"),
        Reason::Domain => include_str!("explain/T0016.md"),
        Reason::ManyTypes => include_str!("explain/T0017.md"),
        Reason::Large => include_str!("explain/T0018.md"),
        Reason::Generator => include_str!("explain/T0019.md"),
        Reason::NoCode => include_str!("explain/T0020.md"),
        Reason::Branches => include_str!("explain/T0021.md"),
        Reason::Recurrence => include_str!("explain/T0022.md"),
        Reason::Checks => include_str!("explain/T0023.md"),
        Reason::NoVector => include_str!("explain/T0024.md"),
        Reason::NotOnce => include_str!("explain/T0025.md"),
    }
}

/// The scripts of a page, in order.
pub fn scripts(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.split("```\n").skip(1).step_by(2)
}

/// A page as a terminal shows it: scripts are indented.
pub fn plain(page: &'static str) -> String {
    let mut text = String::new();
    let mut is_script = false;
    for line in page.lines() {
        if line == "```" {
            is_script = !is_script;
        } else if is_script && !line.is_empty() {
            text += &format!("    {line}\n");
        } else {
            text += &format!("{line}\n");
        }
    }
    text
}
