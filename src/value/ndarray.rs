//! The payload of an array's box: elements in memory, or an expression that nobody has looked at.

use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::rc::Rc;

use super::Value;
use crate::array::budget::Reservation;
use crate::array::{Array, ArrayError, DType, Result};
use crate::diagnostic::ErrorKind;
use crate::kernel::{Evaluate, Expr};

/// An array. A pending one computes itself when its elements are asked for.
pub struct NdArray {
    /// A leaf if the array is in memory.
    expr: RefCell<Expr>,
    engine: Option<Rc<dyn Evaluate>>,
    /// Memory that it will need: a script is told at once that there is not enough.
    reserved: Cell<Option<Reservation>>,
    /// Why it could not be computed. It is not tried again: what it would read may have changed.
    failed: OnceCell<ArrayError>,
}

impl NdArray {
    pub fn new(array: Array) -> NdArray {
        NdArray {
            expr: RefCell::new(Expr::leaf(array)),
            engine: None,
            reserved: Cell::new(None),
            failed: OnceCell::new(),
        }
    }

    /// An array that `engine` will compute.
    ///
    /// # Errors
    /// `MemoryError`, if there is no room for it.
    pub fn pending(expr: Expr, engine: Rc<dyn Evaluate>) -> Result<NdArray> {
        let reserved = Cell::new(Some(Array::reserve(expr.dtype(), expr.shape())?));
        Ok(NdArray { expr: RefCell::new(expr), engine: Some(engine), reserved, failed: OnceCell::new() })
    }

    pub fn expr(&self) -> Ref<'_, Expr> {
        self.expr.borrow()
    }

    /// Its expression, for a larger one.
    ///
    /// # Errors
    /// Those of [`NdArray::compute`], if it was tried.
    pub fn operand(&self) -> Result<Expr> {
        match self.failed.get() {
            Some(error) => Err(error.clone()),
            None => Ok(self.expr.borrow().clone()),
        }
    }

    /// Whether its elements are still to be computed.
    pub fn is_pending(&self) -> bool {
        self.expr.borrow().is_pending() && self.failed.get().is_none()
    }

    /// The element type, which is known before the elements are.
    pub fn dtype(&self) -> DType {
        self.expr.borrow().dtype()
    }

    /// Computes the elements, if they are not in memory.
    ///
    /// # Errors
    /// `MemoryError`, now and whenever it is asked again; `KeyboardInterrupt`, and it is pending still.
    pub fn compute(&self) -> Result<()> {
        let expr = self.operand()?;
        self.reserved.take();
        if !expr.is_pending() {
            return Ok(());
        }
        let engine = self.engine.as_ref().expect("what is pending has an engine");
        match engine.evaluate(&expr) {
            // What it was computed from is needed no more.
            Ok(array) => *self.expr.borrow_mut() = Expr::leaf(array),
            Err(error) if error.kind == ErrorKind::KeyboardInterrupt => return Err(error),
            Err(error) => return Err(self.failed.get_or_init(|| error).clone()),
        }
        Ok(())
    }

    /// The array, computed if it is pending.
    ///
    /// # Errors
    /// Those of [`NdArray::compute`].
    pub fn array(&self) -> Result<Ref<'_, Array>> {
        if self.expr.borrow().as_leaf().is_none() {
            self.compute()?;
        }
        Ok(Ref::map(self.expr.borrow(), |expr| expr.as_leaf().expect("it was computed")))
    }
}

impl Value {
    /// A value that holds an array in memory.
    pub fn array(array: Array) -> Value {
        Value::new(NdArray::new(array))
    }

    /// The array of an array value, computed if it is pending.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    ///
    /// # Panics
    /// If it is no array.
    pub fn to_array(&self) -> Result<Ref<'_, Array>> {
        self.get::<NdArray>().expect("an array").array()
    }

    /// The shape of an array value, which is known before its elements are.
    ///
    /// # Panics
    /// If it is no array.
    pub fn array_shape(&self) -> Ref<'_, [usize]> {
        Ref::map(self.get::<NdArray>().expect("an array").expr(), Expr::shape)
    }
}
