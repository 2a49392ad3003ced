pub const FUNCTIONS: &[(&str, crate::objects::arguments::BuiltinFn)] = &[];
pub const CONSTANTS: &[(&str, f64)] = &[];
