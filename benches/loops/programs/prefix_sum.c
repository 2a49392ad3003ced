// Sums of the first elements of an array: prefix_sum SAMPLES ELEMENTS CALLS
#include "program.h"

static void inputs(double *values, double *sums, long n) {
    for (long i = 0; i < n; i++) {
        values[i] = (double)(i * 37 % 101) / 64.0 - 0.5;
        sums[i] = 0.0;
    }
}

static double prefix_sums(const double *values, double *sums, long n, double first) {
    double total = first;
    for (long i = 0; i < n; i++) {
        total += values[i];
        sums[i] = total;
    }
    return total;
}

APART static double work(const double *values, double *sums, long n, long calls) {
    double total = 0.0;
    for (long call = 0; call < calls; call++)
        total = prefix_sums(values, sums, n, total / 2);
    return total;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]), calls = atol(argv[3]);
    double seconds[samples], result = 0.0, *values = malloc(n * sizeof *values), *sums = malloc(n * sizeof *sums);
    for (int sample = 0; sample < samples; sample++) {
        inputs(values, sums, n);
        double start = now();
        result = work(values, sums, n, calls);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %.17g %.17g\n", result, sums[0], sums[n / 2]);
    print_seconds(samples, seconds);
}
