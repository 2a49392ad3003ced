// Heat on a plate, as the mean of four neighbours in an array, row after row: jacobi SAMPLES SIDE SWEEPS
#include "program.h"

#include <string.h>

static void inputs(double *u, double *v, long side) {
    memset(u, 0, side * side * sizeof *u);
    for (long i = 0; i < side; i++) {
        u[i] = 1.0;
        u[i * side] = (double)(i % 3) / 2.0;
    }
    memcpy(v, u, side * side * sizeof *u);
}

static void sweep(const double *u, double *v, long side) {
    for (long i = 1; i < side - 1; i++) {
        for (long j = 1; j < side - 1; j++)
            v[i * side + j] =
                0.25 * (u[(i - 1) * side + j] + u[(i + 1) * side + j] + u[i * side + j - 1] + u[i * side + j + 1]);
    }
}

APART static void work(double *u, double *v, long side, long sweeps) {
    for (long pair = 0; pair < sweeps / 2; pair++) {
        sweep(u, v, side);
        sweep(v, u, side);
    }
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long side = atol(argv[2]), sweeps = atol(argv[3]);
    size_t size = side * side * sizeof(double);
    double seconds[samples], *u = malloc(size), *v = malloc(size);
    for (int sample = 0; sample < samples; sample++) {
        inputs(u, v, side);
        double start = now();
        work(u, v, side, sweeps);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %.17g %.17g\n", u[side + 1], u[side / 3 * side + side / 2], v[(side - 2) * side + 1]);
    print_seconds(samples, seconds);
}
