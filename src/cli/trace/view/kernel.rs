//! The kernels that an array expression ran, in the place of bytecode.

use ratatui::text::Line;

use super::frame::Content;
use super::theme::Theme;
use crate::cli::figures::grouped;
use crate::trace::KernelStep;

pub fn content(kernels: &[std::sync::Arc<KernelStep>], theme: Theme) -> Content {
    let mut lines = Vec::new();
    for kernel in kernels {
        lines.push(Line::styled(format!("{} → {}", kernel.expression, kernel.result), theme.current()));
        lines.extend(kernel.operands.iter().map(|operand| Line::raw(format!("  {operand}"))));
        lines.push(Line::styled(format!("one dispatch for {} elements", grouped(kernel.elements)), theme.strong()));
        let threads = match kernel.threads {
            Some(1) => "1 thread".into(),
            Some(n) => format!("{n} threads"),
            None => "threads unknown".into(),
        };
        let compiled = match (kernel.machine_code.is_empty(), kernel.compiled) {
            (true, _) => "",
            (false, true) => ", compiled for this run",
            (false, false) => ", compiled before",
        };
        lines.push(Line::raw(format!("by {}, {threads}{compiled}", kernel.runner)));
        lines.push(Line::raw(format!(
            "{} bytes read, {} written, {} operations",
            grouped(kernel.bytes_read),
            grouped(kernel.bytes_written),
            grouped(kernel.operations)
        )));
        for (stage, code) in kernel.machine_code.iter().enumerate() {
            let stages = kernel.machine_code.len();
            let of = if stages > 1 { format!(", part {} of {stages}", stage + 1) } else { String::new() };
            lines.push(Line::styled(format!("machine code{of}, its main loop marked:"), theme.dim()));
            for (number, line) in code.lines.iter().enumerate() {
                let main = code.main_loop.contains(&number);
                let (mark, style) = if main { ("┃", theme.changed()) } else { (" ", theme.plain()) };
                lines.push(Line::styled(format!("{mark} {line}"), style));
            }
        }
    }
    let title = if kernels.len() == 1 { "kernel".into() } else { format!("{} kernels", kernels.len()) };
    Content { title, pinned: Vec::new(), lines, centre: None }
}
