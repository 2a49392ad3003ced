// Which points of a square are in the set, in scalar doubles: mandelbrot SAMPLES SIDE
#include "program.h"

APART static long mandelbrot(long side, long limit, long *iterations) {
    long inside = 0;
    *iterations = 0;
    for (long row = 0; row < side; row++) {
        double ci = 2.0 * (double)row / (double)side - 1.0;
        for (long column = 0; column < side; column++) {
            double cr = 2.0 * (double)column / (double)side - 1.5;
            double zr = 0.0, zi = 0.0;
            long n = 0;
            while (n < limit && zr * zr + zi * zi <= 4.0) {
                double next = zr * zr - zi * zi + cr;
                zi = 2.0 * zr * zi + ci;
                zr = next;
                n++;
            }
            *iterations += n;
            if (n == limit)
                inside++;
        }
    }
    return inside;
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long side = atol(argv[2]), inside = 0, iterations = 0;
    double seconds[samples];
    for (int sample = 0; sample < samples; sample++) {
        double start = now();
        inside = mandelbrot(side, 50, &iterations);
        seconds[sample] = now() - start;
    }
    printf("answer %ld %ld\n", inside, iterations);
    print_seconds(samples, seconds);
}
