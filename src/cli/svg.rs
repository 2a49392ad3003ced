//! Pictures that a browser shows, light or dark as the reader has it.

/// The beginning of a picture; `style`: what its own classes look like in both.
pub fn begin(width: u32, height: u32, style: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"ui-sans-serif, system-ui, sans-serif\" font-size=\"13\">\n\
         <style>\n\
         .back {{ fill: #fff }} text {{ fill: #24292f }} .faint {{ fill: #6e7781 }} .line {{ stroke: #d0d7de }}\n\
         {style}\n\
         @media (prefers-color-scheme: dark) {{ .back {{ fill: #0d1117 }} text {{ fill: #e6edf3 }}\n\
         .faint {{ fill: #8d96a0 }} .line {{ stroke: #30363d }} }}\n\
         </style>\n\
         <rect class=\"back\" width=\"{width}\" height=\"{height}\"/>\n"
    )
}

/// Words at a place; `attributes` as XML.
pub fn text(x: u32, y: u32, attributes: &str, words: &str) -> String {
    let space = if attributes.is_empty() { "" } else { " " };
    format!("<text x=\"{x}\" y=\"{y}\"{space}{attributes}>{}</text>\n", escape(words))
}

/// What XML would read as something else.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // XML has no other control characters.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(escape("a < b & \"c\"\n"), "a &lt; b &amp; &quot;c&quot; ");
    }
}
