//! The `math` module against CPython (`tests/oracle/math_table.py`).

use super::{CALLING, CONSTANTS, FUNCTIONS};
use crate::objects::caller::Nobody;
use crate::objects::testing::check_rows;

#[test]
fn functions_answer_as_cpython_does() {
    check_rows("math.txt", |name, args, keywords| {
        if let Some((_, function)) = CALLING.iter().find(|(known, _)| *known == name) {
            return function(&mut Nobody, args, keywords);
        }
        let (_, function) = FUNCTIONS.iter().find(|(known, _)| *known == name).unwrap();
        function(args, keywords)
    });
}

#[test]
fn constants_are_pythons() {
    let names: Vec<&str> = CONSTANTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["e", "inf", "nan", "pi", "tau"]);
}
