pub fn closest<'a>(_: &str, _: impl Iterator<Item = &'a str>) -> Option<&'a str> { None }
