// What the ports in C share: the clock, and a program's last line.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Not inlined, copied or looked into: what is measured is not moved, merged or left out.
#define APART __attribute__((noipa))

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void print_seconds(int samples, const double *seconds) {
    printf("seconds");
    for (int sample = 0; sample < samples; sample++)
        printf(" %.9f", seconds[sample]);
    printf("\n");
}
