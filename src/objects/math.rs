pub const FUNCTIONS: &[(&str, crate::objects::convert::F)] = &[];
pub const CONSTANTS: &[(&str, f64)] = &[];
