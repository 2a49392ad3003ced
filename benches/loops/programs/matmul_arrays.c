// A product of matrices by three loops over arrays, row after row: matmul_arrays SAMPLES N
#include "program.h"

static void inputs(double *a, double *b, double *c, long n) {
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j++) {
            a[i * n + j] = (double)((i * 7 + j * 3) % 11) / 8.0;
            b[i * n + j] = (double)((i * 5 + j * 13) % 17) / 16.0;
            c[i * n + j] = 0.0;
        }
    }
}

APART static void work(const double *a, const double *b, double *c, long n) {
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j++) {
            double total = 0.0;
            for (long k = 0; k < n; k++)
                total += a[i * n + k] * b[k * n + j];
            c[i * n + j] = total;
        }
    }
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]);
    size_t size = n * n * sizeof(double);
    double seconds[samples], *a = malloc(size), *b = malloc(size), *c = malloc(size);
    for (int sample = 0; sample < samples; sample++) {
        inputs(a, b, c, n);
        double start = now();
        work(a, b, c, n);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %.17g %.17g\n", c[0], c[n / 2 * n + n / 3], c[n * n - 1]);
    print_seconds(samples, seconds);
}
