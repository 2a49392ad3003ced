// The kernels as a C programmer writes them: plain loops, left to the compiler. Compiled once with -DREAL=float and
// once with -DREAL=double. The constants are those of kernels.toy, the results go into an array that the caller keeps.
// NAME_loop calls NAME many times, and returns the last.
#include <math.h>
#include <omp.h>
#include <stddef.h>

#define A ((REAL)1.7)
#define B ((REAL)0.25)

// Below SMALL elements a second thread costs more than it brings, and entering a parallel region more than the loop.
#define SMALL 20000
#define TEXT(x) #x
#define EACH(i, n, clauses, ...)                                                           \
    if (n <= SMALL || omp_get_max_threads() == 1) {                                        \
        _Pragma(TEXT(omp simd clauses)) for (ptrdiff_t i = 0; i < n; i++) { __VA_ARGS__; } \
    } else {                                                                               \
        _Pragma(TEXT(omp parallel for simd schedule(static) clauses))                      \
        for (ptrdiff_t i = 0; i < n; i++) { __VA_ARGS__; }                                 \
    }

// noipa: the loop must not see that a call has no effect, or that all of them do the same.
#define KERNEL __attribute__((noipa))
#define LOOP(result, name, arguments, ...)             \
    result name##_loop(ptrdiff_t calls, __VA_ARGS__) { \
        while (--calls > 0) name arguments;            \
        return name arguments;                         \
    }

KERNEL double G(ptrdiff_t n, const REAL *restrict yp, const REAL *restrict y, const REAL *restrict x) {
    REAL total = 0;
    EACH(i, n, reduction(+ : total), total += (yp[i] - y[i]) * x[i])
    return total / n;
}

KERNEL double N(ptrdiff_t n, const REAL *restrict x, const REAL *restrict y) {
    REAL total = 0;
    EACH(i, n, reduction(+ : total), total += (REAL)sqrt(x[i] * x[i] + y[i] * y[i]))
    return total;
}

KERNEL double D(ptrdiff_t n, const REAL *restrict x, const REAL *restrict y) {
    REAL total = 0;
    EACH(i, n, reduction(+ : total), total += x[i] * y[i])
    return total;
}

KERNEL void S(ptrdiff_t n, const REAL *restrict x, const REAL *restrict y, REAL *restrict r) {
    EACH(i, n, , r[i] = A * x[i] + y[i])
}

KERNEL void P(ptrdiff_t n, const REAL *restrict x, REAL *restrict r) {
    const REAL c0 = 0.9, c1 = -0.8, c2 = 0.7, c3 = -0.6, c4 = 0.5, c5 = -0.4, c6 = 0.3, c7 = -0.2;
    EACH(i, n, , const REAL t = x[i];
         r[i] = ((((((c7 * t + c6) * t + c5) * t + c4) * t + c3) * t + c2) * t + c1) * t + c0)
}

KERNEL void W(ptrdiff_t n, const REAL *restrict x, REAL *restrict r) {
    EACH(i, n, , r[i] = x[i] > 0 ? x[i] * A : B)
}

KERNEL void J(ptrdiff_t side, const REAL *restrict u, REAL *restrict r) {
    #pragma omp parallel for if (side * side > SMALL) schedule(static)
    for (ptrdiff_t i = 1; i < side - 1; i++) {
        const REAL *north = u + (i - 1) * side, *here = north + side, *south = here + side;
        REAL *row = r + (i - 1) * (side - 2);
        for (ptrdiff_t j = 1; j < side - 1; j++)
            row[j - 1] = (REAL)0.25 * (north[j] + south[j] + here[j - 1] + here[j + 1]);
    }
}

LOOP(double, G, (n, yp, y, x), ptrdiff_t n, const REAL *yp, const REAL *y, const REAL *x)
LOOP(double, N, (n, x, y), ptrdiff_t n, const REAL *x, const REAL *y)
LOOP(double, D, (n, x, y), ptrdiff_t n, const REAL *x, const REAL *y)
LOOP(void, S, (n, x, y, r), ptrdiff_t n, const REAL *x, const REAL *y, REAL *r)
LOOP(void, P, (n, x, r), ptrdiff_t n, const REAL *x, REAL *r)
LOOP(void, W, (n, x, r), ptrdiff_t n, const REAL *x, REAL *r)
LOOP(void, J, (side, u, r), ptrdiff_t side, const REAL *u, REAL *r)
