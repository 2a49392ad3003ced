//! `--sizes` and `--dtype`: the script with another number, or another element type, in one of its first lines.

use crate::cli::script::Script;
use crate::machine::Precision;
use crate::source::{Source, Span};
use crate::syntax::ast::{Ast, ExprKind, StmtKind};

/// Names that a script may give its size.
pub const NAMES: &[&str] = &["N", "n", "SIZE", "size"];

/// The script at each size, with the name that was set.
///
/// # Errors
/// In words, if the script does not say its size in a line of its own.
pub fn scripts(script: &Script, sizes: &[u64], name: Option<&str>) -> Result<Vec<(Source, String, u64)>, String> {
    if sizes.is_empty() {
        return match name {
            Some(_) => Err("--size-name is for --sizes".to_owned()),
            None => Ok(Vec::new()),
        };
    }
    let (name, places) = match name {
        Some(name) => (name, numbers(&script.ast, name)),
        None => {
            let known = NAMES.iter().map(|name| (*name, numbers(&script.ast, name)));
            known.into_iter().find(|(_, places)| !places.is_empty()).unwrap_or((NAMES[0], Vec::new()))
        }
    };
    let [place] = places[..] else {
        let why = match places.len() {
            0 => format!("the script has no line '{name} = 1000' outside of functions; --size-name says another name"),
            _ => format!("the script sets '{name}' more than once"),
        };
        return Err(format!("--sizes: {why}"));
    };
    let with = |size: &u64| (replaced(&script.source, place, &size.to_string()), name.to_owned(), *size);
    Ok(sizes.iter().map(with).collect())
}

/// The script with elements of that type.
///
/// # Errors
/// In words, if the script does not say its element type in a line of its own.
pub fn with_dtype(script: &Script, dtype: &str) -> Result<(Source, Precision), String> {
    let (text, precision) = match dtype {
        "f32" => ("np.float32", Precision::F32),
        _ => ("np.float64", Precision::F64),
    };
    let places: Vec<Span> = assigned(&script.ast)
        .filter(|(name, kind, _)| {
            name.eq_ignore_ascii_case("dtype")
                && matches!(kind, ExprKind::Attribute { name, .. } if ["float32", "float64"].contains(&&*name.text))
        })
        .map(|(.., span)| span)
        .collect();
    let [place] = places[..] else {
        return Err("--dtype: the script says its element type once, in a line 'dtype = np.float64' outside of \
                    functions; Python's own floats have 64 bits"
            .to_owned());
    };
    Ok((replaced(&script.source, place, text), precision))
}

/// Where a name gets a whole number at the top level.
fn numbers(ast: &Ast, name: &str) -> Vec<Span> {
    let of_name = assigned(ast).filter(|(known, kind, _)| *known == name && matches!(kind, ExprKind::Int(_)));
    of_name.map(|(.., span)| span).collect()
}

/// Assignments of one name outside of functions: name, value and its place.
fn assigned(ast: &Ast) -> impl Iterator<Item = (&str, &ExprKind, Span)> {
    ast.body.iter().filter_map(|id| match &ast.stmt(*id).kind {
        StmtKind::Assign { targets, value } => match targets[..] {
            [target] => match &ast.expr(target).kind {
                ExprKind::Name(name) => Some((&**name, &ast.expr(*value).kind, ast.expr(*value).span)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

fn replaced(source: &Source, place: Span, text: &str) -> Source {
    let mut with = source.text.clone();
    with.replace_range(place.range(), text);
    Source::new(source.name.clone(), with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Script {
        let Ok(script) = Script::new(Source::new("script.toy", text), false) else { panic!("{text}") };
        script
    }

    #[test]
    fn a_size_is_a_number_of_its_own_name() {
        let found = script("import sys\nN = 1000\nfor i in range(N):\n    pass\n");
        let texts: Vec<String> =
            scripts(&found, &[5, 70000], None).unwrap().into_iter().map(|(source, ..)| source.text).collect();
        assert_eq!(texts[0], "import sys\nN = 5\nfor i in range(N):\n    pass\n");
        assert_eq!(texts[1], "import sys\nN = 70000\nfor i in range(N):\n    pass\n");
        let side = script("side = 8\nn = 3\n");
        assert_eq!(scripts(&side, &[9], Some("side")).unwrap()[0].0.text, "side = 9\nn = 3\n");
        assert_eq!(scripts(&side, &[9], None).unwrap()[0].0.text, "side = 8\nn = 9\n");
        for (text, name) in
            [("N = 1.5\n", None), ("N = 1\nN = 2\n", None), ("x = 1\n", Some("y")), ("def f():\n    N = 1\n", None)]
        {
            assert!(scripts(&script(text), &[5], name).is_err(), "{text}");
        }
        assert!(scripts(&found, &[], Some("N")).is_err());
    }

    #[test]
    fn an_element_type_is_one_of_numpy_s() {
        let found = script("import numpy as np\ndtype = np.float64\n");
        let (source, precision) = with_dtype(&found, "f32").unwrap();
        assert_eq!((&*source.text, precision), ("import numpy as np\ndtype = np.float32\n", Precision::F32));
        assert!(with_dtype(&script("x = 1.5\n"), "f32").is_err());
    }
}
