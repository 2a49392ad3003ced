pub fn format_value(v: &crate::value::Value, _: Option<char>, _: &str) -> crate::interp::Result<String> { Ok(crate::value::to_str(v)?) }
