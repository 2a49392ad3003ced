// The longest of the chains that start below a limit, in integers: collatz SAMPLES LIMIT
#include "program.h"

typedef struct {
    long longest_start, longest, steps;
} Chains;

APART static Chains work(long limit) {
    Chains chains = {0, 0, 0};
    for (long start = 1; start < limit; start++) {
        long n = start, length = 0;
        while (n != 1) {
            if (n % 2 == 0)
                n /= 2;
            else
                n = 3 * n + 1;
            length++;
        }
        chains.steps += length;
        if (length > chains.longest) {
            chains.longest = length;
            chains.longest_start = start;
        }
    }
    return chains;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long limit = atol(argv[2]);
    double seconds[samples];
    Chains chains = {0, 0, 0};
    for (int sample = 0; sample < samples; sample++) {
        double start = now();
        chains = work(limit);
        seconds[sample] = now() - start;
    }
    printf("answer %ld %ld %ld\n", chains.longest_start, chains.longest, chains.steps);
    print_seconds(samples, seconds);
}
