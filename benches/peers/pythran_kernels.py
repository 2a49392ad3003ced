"""The kernels as Pythran takes them. peer_pythran.py makes the float32 module of it by changing the word `float64`.

A product of matrices is left out: it would be the BLAS of whoever built Pythran's. For the same reason the dot product
is a sum of products, which Pythran fuses.
"""
import numpy as np


# pythran export G(float64[], float64[], float64[])
def G(yp, y, x):
    return np.mean((yp - y) * x)


# pythran export S(float64[], float64[])
def S(x, y):
    return np.float64(1.7) * x + y


# pythran export P(float64[])
def P(x):
    c0, c1, c2, c3 = np.float64(0.9), np.float64(-0.8), np.float64(0.7), np.float64(-0.6)
    c4, c5, c6, c7 = np.float64(0.5), np.float64(-0.4), np.float64(0.3), np.float64(-0.2)
    return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0


# pythran export N(float64[], float64[])
def N(x, y):
    return np.sqrt(x * x + y * y).sum()


# pythran export D(float64[], float64[])
def D(x, y):
    return np.sum(x * y)


# pythran export W(float64[])
def W(x):
    return np.where(x > np.float64(0), x * np.float64(1.7), np.float64(0.25))


# pythran export J(float64[:,:])
def J(u):
    return np.float64(0.25) * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
