//! Generates the parser from `grammar/toy.lalrpop` into `OUT_DIR`.

fn main() {
    println!("cargo::rerun-if-changed=grammar");
    lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"))
        .process()
        .expect("the grammar is well-formed");
}
