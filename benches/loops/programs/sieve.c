// The primes below a limit, crossed out in an array of bools: sieve SAMPLES LIMIT
#include "program.h"

#include <string.h>

APART static long work(long limit, long *crossings) {
    bool *prime = malloc(limit);
    memset(prime, true, limit);
    *crossings = 0;
    for (long i = 2; i * i < limit; i++) {
        if (prime[i]) {
            for (long multiple = i * i; multiple < limit; multiple += i)
                prime[multiple] = false;
            *crossings += (limit - 1 - i * i) / i + 1;
        }
    }
    long primes = 0;
    for (long k = 2; k < limit; k++) {
        if (!prime[k])
            continue;
        primes++;
    }
    free(prime);
    return primes;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long limit = atol(argv[2]), primes = 0, crossings = 0;
    double seconds[samples];
    for (int sample = 0; sample < samples; sample++) {
        double start = now();
        primes = work(limit, &crossings);
        seconds[sample] = now() - start;
    }
    printf("answer %ld %ld\n", primes, crossings);
    print_seconds(samples, seconds);
}
