// Square roots by Newton's iteration; a small function in a loop that breaks: newton SAMPLES NUMBERS
#include "program.h"

#include <math.h>

static double better(double root, double a) {
    return 0.5 * (root + a / root);
}

APART static double work(long numbers, long *steps) {
    double total = 0.0;
    *steps = 0;
    for (long k = 1; k <= numbers; k++) {
        double a = (double)k, root = a;
        for (;;) {
            double following = better(root, a);
            *steps += 1;
            if (fabs(following - root) <= 1e-12 * following)
                break;
            root = following;
        }
        total += root;
    }
    return total;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long numbers = atol(argv[2]), steps = 0;
    double seconds[samples], total = 0.0;
    for (int sample = 0; sample < samples; sample++) {
        double start = now();
        total = work(numbers, &steps);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %ld\n", total, steps);
    print_seconds(samples, seconds);
}
