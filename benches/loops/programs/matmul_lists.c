// A product of matrices by three loops over rows of doubles: matmul_lists SAMPLES N
#include "program.h"

static double **matrix(long n) {
    double **rows = malloc(n * sizeof *rows);
    for (long i = 0; i < n; i++)
        rows[i] = malloc(n * sizeof *rows[i]);
    return rows;
}

static void inputs(double **a, double **b, double **c, long n) {
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j++) {
            a[i][j] = (double)((i * 7 + j * 3) % 11) / 8.0;
            b[i][j] = (double)((i * 5 + j * 13) % 17) / 16.0;
            c[i][j] = 0.0;
        }
    }
}

APART static void work(double *const *a, double *const *b, double *const *c, long n) {
    for (long i = 0; i < n; i++) {
        for (long j = 0; j < n; j++) {
            double total = 0.0;
            for (long k = 0; k < n; k++)
                total += a[i][k] * b[k][j];
            c[i][j] = total;
        }
    }
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]);
    double seconds[samples], **a = matrix(n), **b = matrix(n), **c = matrix(n);
    for (int sample = 0; sample < samples; sample++) {
        inputs(a, b, c, n);
        double start = now();
        work(a, b, c, n);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %.17g %.17g\n", c[0][0], c[n / 2][n / 3], c[n - 1][n - 1]);
    print_seconds(samples, seconds);
}
