// Integers counted in bins: histogram SAMPLES ELEMENTS CALLS
#include "program.h"

#include <string.h>

#define BINS 64
#define TOP 139968

static void inputs(long *values, long *counts, long n) {
    long state = 42;
    for (long i = 0; i < n; i++) {
        state = (state * 3877 + 29573) % TOP;
        values[i] = state;
    }
    memset(counts, 0, BINS * sizeof *counts);
}

static void histogram(const long *values, long n, long *counts, long width) {
    for (long i = 0; i < n; i++)
        counts[values[i] / width]++;
}

// The width comes from outside, as it does in Python: it is not known when the loop is compiled.
APART static void work(const long *values, long n, long *counts, long width, long calls) {
    for (long call = 0; call < calls; call++)
        histogram(values, n, counts, width);
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long n = atol(argv[2]), calls = atol(argv[3]);
    long *values = malloc(n * sizeof *values), counts[BINS];
    double seconds[samples];
    for (int sample = 0; sample < samples; sample++) {
        inputs(values, counts, n);
        double start = now();
        work(values, n, counts, TOP / BINS, calls);
        seconds[sample] = now() - start;
    }
    long digest = 0;
    for (int bin = 0; bin < BINS; bin++)
        digest = (digest * 31 + counts[bin]) % 1000003;
    printf("answer %ld %ld %ld\n", digest, counts[0], counts[BINS - 1]);
    print_seconds(samples, seconds);
}
