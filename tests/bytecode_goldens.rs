//! x
use toy::bytecode::{compile, disassemble};
use toy::source::Source;

fn go(text: String) -> String {
    let source = Source::new("t.toy", text);
    let ast = match toy::syntax::parse(&source) { Ok(a) => a, Err(e) => return format!("P {}", e[0].message) };
    match compile(&ast, &source) {
        Ok(p) => format!("ok {}", disassemble(&p, &source).len()),
        Err(e) => format!("C {}", e[0].message),
    }
}

#[test]
fn show() {
    let nest = |open: &str, close: &str, n: usize| format!("x = {}1{}\n", open.repeat(n), close.repeat(n));
    for kb in [2048usize, 1024, 512, 256] {
        std::thread::Builder::new().stack_size(kb * 1024).spawn(move || {
    for n in [50, 95, 190, 390, 1000, 100000] {
        eprintln!("{kb} {n} paren call {}", go(nest("f(", ")", n)));
        eprintln!("{kb} {n} list {}", go(nest("[", "]", n)));
        eprintln!("{kb} {n} not {}", go(nest("not f or ", "", n)));
        eprintln!("{kb} {n} not {}", go(format!("if {} a: pass\n", "not ".repeat(n))));
        eprintln!("{kb} {n} minus {}", go(format!("x = {}a\n", "-".repeat(n))));
        eprintln!("{kb} {n} pow {}", go(format!("x = {}a\n", "a**".repeat(n))));
        eprintln!("{kb} {n} attr {}", go(format!("x = a{}\n", ".b".repeat(n))));
        eprintln!("{kb} {n} meth {}", go(format!("x = a{}\n", ".b()".repeat(n))));
        eprintln!("{kb} {n} if {}", go(format!("x = {}1\n", "a if b else ".repeat(n))));
        eprintln!("{kb} {n} plus {}", go(format!("x = {}1\n", "a + ".repeat(n))));
        eprintln!("{kb} {n} mixed {}", go(format!("x = {}1{}\n", "(a or f(1 if a<b<[a+".repeat(n), "] else 2))".repeat(n))));
        eprintln!("{kb} {n} andor {}", go(format!("if {}1{}: pass\n", "(a or (b and ".repeat(n), "))".repeat(n))));
        eprintln!("{kb} {n} cmp {}", go(format!("x = {}1\n", "a < ".repeat(n))));
        eprintln!("{kb} {n} target {}", go(format!("{}a{} = x\n", "[".repeat(n), "]".repeat(n))));
        eprintln!("{kb} {n} elif {}", go(format!("if a: pass\n{}", "elif b: pass\n".repeat(n))));
        if n < 1000 {
        let ifs: String = (0..n).map(|i| format!("{}if a:\n", " ".repeat(i))).collect();
        eprintln!("{kb} {n} nested if {}", go(format!("{ifs}{}x = {}1{}\n", " ".repeat(n), "f(".repeat(190), ")".repeat(190))));
        let defs: String = (0..n).map(|i| format!("{}def a():\n", " ".repeat(i))).collect();
        eprintln!("{kb} {n} nested def {}", go(format!("{defs}{}x = {}1{}\n", " ".repeat(n), "f(".repeat(190), ")".repeat(190))));
        }
    }}).unwrap().join().unwrap();
    }
}
