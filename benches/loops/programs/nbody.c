// Five planets attract each other; arrays of doubles: nbody SAMPLES STEPS
#include "program.h"

#include <math.h>

#define N 5
#define PI 3.14159265358979323846
#define SOLAR_MASS (4 * PI * PI)
#define DAYS 365.24

typedef struct {
    double x[N], y[N], z[N], vx[N], vy[N], vz[N], mass[N];
} System;

// The Sun, Jupiter, Saturn, Uranus and Neptune, with no momentum in all.
static const System START = {
    {0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310, 15.3796971148509165},
    {0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312, -25.9193146099879641},
    {0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734, 0.179258772950371181},
    {0.0, 0.00166007664274403694, -0.00276742510726411430, 0.00296460137564761618, 0.00268067772490389322},
    {0.0, 0.00769901118419740425, 0.00499852801234917238, 0.00237847173959480950, 0.00162824170038242295},
    {0.0, -6.90460016972063023e-05, 2.30417297573763929e-05, -2.96589568540237556e-05, -9.51592254519715870e-05},
    {1.0, 0.000954791938424326609, 0.000285885980666130812, 4.36624404335156298e-05, 5.15138902046611451e-05},
};

static void inputs(System *s) {
    *s = START;
    for (int i = 0; i < N; i++)
        s->mass[i] *= SOLAR_MASS;
    double *velocities[] = {s->vx, s->vy, s->vz};
    for (int axis = 0; axis < 3; axis++) {
        double *v = velocities[axis], momentum = 0.0;
        for (int i = 1; i < N; i++) {
            v[i] *= DAYS;
            momentum += v[i] * s->mass[i];
        }
        v[0] = -momentum / SOLAR_MASS;
    }
}

static void advance(long n, double *x, double *y, double *z, double *vx, double *vy, double *vz, const double *mass,
                    double dt, long steps) {
    for (long step = 0; step < steps; step++) {
        for (long i = 0; i < n; i++) {
            for (long j = i + 1; j < n; j++) {
                double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
                double squared = dx * dx + dy * dy + dz * dz;
                double mag = dt / (squared * sqrt(squared));
                double mi = mass[i] * mag, mj = mass[j] * mag;
                vx[i] -= dx * mj;
                vy[i] -= dy * mj;
                vz[i] -= dz * mj;
                vx[j] += dx * mi;
                vy[j] += dy * mi;
                vz[j] += dz * mi;
            }
        }
        for (long i = 0; i < n; i++) {
            x[i] += dt * vx[i];
            y[i] += dt * vy[i];
            z[i] += dt * vz[i];
        }
    }
}

static double energy(long n, const System *s) {
    double total = 0.0;
    for (long i = 0; i < n; i++) {
        total += s->mass[i] * (s->vx[i] * s->vx[i] + s->vy[i] * s->vy[i] + s->vz[i] * s->vz[i]) / 2.0;
        for (long j = i + 1; j < n; j++) {
            double dx = s->x[i] - s->x[j], dy = s->y[i] - s->y[j], dz = s->z[i] - s->z[j];
            total -= s->mass[i] * s->mass[j] / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

// The number of bodies comes from outside, as the length of a list does.
APART static double work(System *s, long n, long steps) {
    advance(n, s->x, s->y, s->z, s->vx, s->vy, s->vz, s->mass, 0.01, steps);
    return energy(n, s);
}

int main(int argc, char **argv) {
    int samples = atoi(argv[1]);
    long steps = atol(argv[2]);
    double seconds[samples], result = 0.0;
    System system;
    for (int sample = 0; sample < samples; sample++) {
        inputs(&system);
        double start = now();
        result = work(&system, N, steps);
        seconds[sample] = now() - start;
    }
    printf("answer %.17g %.17g\n", result, system.x[1]);
    print_seconds(samples, seconds);
}
