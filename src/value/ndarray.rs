//! The payload of an array's box: elements in memory, or an expression that nobody has looked at.

use std::cell::{OnceCell, Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::Value;
use crate::array::budget::Reservation;
use crate::array::{Array, ArrayError, DType, Result};
use crate::diagnostic::ErrorKind;
use crate::kernel::{Evaluate, Expr};

/// An array. A pending one computes itself when its elements are asked for.
pub struct NdArray {
    array: OnceCell<Array>,
    /// Until there is an array.
    pending: RefCell<Option<Box<Pending>>>,
}

struct Pending {
    expr: Expr,
    engine: Rc<dyn Evaluate>,
    /// Memory that it will need: a script is told at once that there is not enough.
    reserved: Option<Reservation>,
    /// Why it could not be computed. It is not tried again: what it would read may have changed.
    failed: Option<ArrayError>,
}

impl NdArray {
    pub fn new(array: Array) -> NdArray {
        NdArray { array: OnceCell::from(array), pending: RefCell::new(None) }
    }

    /// An array that `engine` will compute.
    ///
    /// # Errors
    /// `MemoryError`, if there is no room for it.
    pub fn pending(expr: Expr, engine: Rc<dyn Evaluate>) -> Result<NdArray> {
        let reserved = Some(Array::reserve(expr.dtype(), expr.shape())?);
        let pending = Pending { expr, engine, reserved, failed: None };
        Ok(NdArray { array: OnceCell::new(), pending: RefCell::new(Some(Box::new(pending))) })
    }

    /// The array, if it is in memory.
    #[inline]
    pub fn ready(&self) -> Option<&Array> {
        self.array.get().or_else(|| self.adopt())
    }

    /// Takes over what was computed for another expression.
    #[cold]
    fn adopt(&self) -> Option<&Array> {
        let array = self.pending.borrow().as_ref()?.expr.as_leaf()?.clone();
        self.pending.take();
        Some(self.array.get_or_init(|| array))
    }

    /// Its expression, for a larger one.
    ///
    /// # Errors
    /// Those of [`NdArray::array`], if it was tried.
    pub fn operand(&self) -> Result<Expr> {
        if let Some(array) = self.ready() {
            return Ok(Expr::leaf(array.clone()));
        }
        match &*self.waiting() {
            Pending { failed: Some(error), .. } => Err(error.clone()),
            Pending { expr, .. } => Ok(expr.clone()),
        }
    }

    /// What `look` sees in the expression of an array whose elements are still to be computed.
    pub fn if_pending<T>(&self, look: impl FnOnce(&Expr) -> T) -> Option<T> {
        match self.pending.borrow().as_deref() {
            Some(Pending { expr, failed: None, .. }) if expr.is_pending() => Some(look(expr)),
            Some(_) | None => None,
        }
    }

    /// The element type, which is known before the elements are.
    pub fn dtype(&self) -> DType {
        self.array.get().map_or_else(|| self.waiting().expr.dtype(), Array::dtype)
    }

    /// The shape, as well.
    pub fn shape(&self) -> Arc<[usize]> {
        match self.array.get() {
            Some(array) => array.shared_shape().clone(),
            None => self.waiting().expr.shared_shape().clone(),
        }
    }

    /// The array, computed if it is pending.
    ///
    /// # Errors
    /// `MemoryError`, now and whenever it is asked again; `KeyboardInterrupt`, and it is pending still.
    pub fn array(&self) -> Result<&Array> {
        if let Some(array) = self.ready() {
            return Ok(array);
        }
        let expr = self.operand()?;
        let engine = {
            let mut pending = self.pending.borrow_mut();
            let pending = pending.as_mut().expect("what is not in memory is pending");
            pending.reserved = None;
            pending.engine.clone()
        };
        match engine.evaluate(&expr) {
            Ok(array) => {
                // What it was computed from is needed no more.
                self.pending.take();
                Ok(self.array.get_or_init(|| array))
            }
            Err(error) => {
                if let Some(pending) = self.pending.borrow_mut().as_mut()
                    && error.kind != ErrorKind::KeyboardInterrupt
                {
                    pending.failed = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    fn waiting(&self) -> Ref<'_, Pending> {
        Ref::map(self.pending.borrow(), |pending| pending.as_deref().expect("what is not in memory is pending"))
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
    pub fn to_array(&self) -> Result<&Array> {
        self.get::<NdArray>().expect("an array").array()
    }

    /// The shape of an array value, which is known before its elements are.
    ///
    /// # Panics
    /// If it is no array.
    pub fn array_shape(&self) -> Arc<[usize]> {
        self.get::<NdArray>().expect("an array").shape()
    }
}
