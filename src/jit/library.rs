//! Matrix products: no kernels, but counted and watched as these are.

use std::rc::Rc;

use super::again::{Again, Product};
use super::engine::Engine;
use super::listing::Listing;
use super::stats::Work;
use super::watch::{KernelRun, Runner};
use crate::array::matmul::{self, Method};
use crate::array::{Array, Result};
use crate::kernel::{Expr, text};

impl Engine {
    /// `a @ b`
    ///
    /// # Errors
    /// Those of [`matmul::matmul`].
    pub fn matmul(&mut self, a: &Array, b: &Array) -> Result<Array> {
        let product = matmul::matmul(a, b, self.switches().threads)?;
        let matrix = |array: &Array| array.shape().iter().rev().take(2).product();
        self.record_product(Product::Matmul, [a, b], [matrix(a), matrix(b)], &product);
        Ok(product)
    }

    /// `np.dot(a, b)`
    ///
    /// # Errors
    /// Those of [`matmul::dot`].
    pub fn dot(&mut self, a: &Array, b: &Array) -> Result<Array> {
        if a.ndim() == 0 || b.ndim() == 0 {
            return self.evaluate(&Expr::dot(&Expr::leaf(a.clone()), &Expr::leaf(b.clone()))?);
        }
        let product = matmul::dot(a, b, self.switches().threads)?;
        self.record_product(Product::Dot, [a, b], [a.size(), b.size()], &product);
        Ok(product)
    }

    /// `sizes`: elements of the two matrices that are multiplied at once.
    fn record_product(&mut self, kind: Product, operands: [&Array; 2], sizes: [usize; 2], product: &Array) {
        let [a, b] = operands;
        let inner = a.shape().last().copied().unwrap_or(1);
        let [rows, columns] = sizes.map(|size| size.checked_div(inner).unwrap_or(0));
        let threads = self.switches().threads;
        let work = Work::of_product(a, b, product, inner);
        self.record(work, || {
            let method = Method::of(product.dtype(), rows, columns);
            let operand =
                |(index, array): (usize, &Array)| format!("in{index}: {}", text::array(array.dtype(), array.shape()));
            KernelRun {
                runner: Runner::Product(method),
                expression: kind.text().to_string(),
                operands: operands.into_iter().enumerate().map(operand).collect(),
                result: text::array(product.dtype(), product.shape()),
                listing: Rc::new(Listing::default()),
                fresh: false,
                work,
                threads: (threads == 1 || method == Method::Plain).then_some(1),
                again: Again::of_product(kind, a, b, method),
            }
        });
    }
}
