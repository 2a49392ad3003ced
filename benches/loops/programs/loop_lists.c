// The text's loop over arrays of doubles: loop_lists SAMPLES ELEMENTS CALLS
#include "program.h"

static double gradient(const double *y_pred, const double *y, const double *x, long m) {
    double dj_dw = 0;
    for (long i = 0; i < m; i++)
        dj_dw += (y_pred[i] - y[i]) * x[i];
    return dj_dw / (double)m;
}

static void inputs(double *y_pred, double *y, double *x, long n) {
    for (long i = 0; i < n; i++) {
        double v = (double)i / (double)n - 0.5;
        x[i] = v;
        y[i] = 3.0 * v * v - v + 0.5;
        y_pred[i] = 2.5 * v + 1.0;
    }
}

APART static double work(double *y_pred, const double *y, const double *x, long m, long calls) {
    double dj_dw = 0.0;
    for (long call = 0; call < calls; call++) {
        dj_dw = gradient(y_pred, y, x, m);
        y_pred[call % m] -= dj_dw;
    }
    return dj_dw;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]), calls = atol(argv[3]);
    double seconds[samples], result = 0.0;
    double *y_pred = malloc(n * sizeof *y_pred), *y = malloc(n * sizeof *y), *x = malloc(n * sizeof *x);
    for (int sample = 0; sample < samples; sample++) {
        inputs(y_pred, y, x, n);
        double start = now();
        result = work(y_pred, y, x, n, calls);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g\n", result);
    print_seconds(samples, seconds);
}
