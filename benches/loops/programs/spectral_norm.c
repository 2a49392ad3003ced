// The largest singular value of an infinite matrix's corner; a small function in the loop: spectral_norm SAMPLES N
#include "program.h"

#include <math.h>

static double entry(long i, long j) {
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const double *u, double *result, long n) {
    for (long i = 0; i < n; i++) {
        double total = 0.0;
        for (long j = 0; j < n; j++)
            total += entry(i, j) * u[j];
        result[i] = total;
    }
}

static void transposed_times(const double *u, double *result, long n) {
    for (long i = 0; i < n; i++) {
        double total = 0.0;
        for (long j = 0; j < n; j++)
            total += entry(j, i) * u[j];
        result[i] = total;
    }
}

APART static double work(long n) {
    double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *between = malloc(n * sizeof *between);
    for (long i = 0; i < n; i++)
        u[i] = 1.0;
    for (int iteration = 0; iteration < 10; iteration++) {
        times(u, between, n);
        transposed_times(between, v, n);
        times(v, between, n);
        transposed_times(between, u, n);
    }
    double uv = 0.0, vv = 0.0;
    for (long i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    free(u);
    free(v);
    free(between);
    return sqrt(uv / vv);
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]);
    double seconds[samples], result = 0.0;
    for (int sample = 0; sample < samples; sample++) {
        double start = now();
        result = work(n);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g\n", result);
    print_seconds(samples, seconds);
}
