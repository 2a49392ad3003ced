pub struct Expr(());
