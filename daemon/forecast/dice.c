#include "forecast/dice.h"

#include <math.h>

/* splitmix64 fills the state, xoshiro256++ goes on (Blackman and Vigna, public domain). */
void dice_init(struct dice *d, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = (seed += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        d->state[i] = z ^ (z >> 31);
    }
}

static uint64_t turn_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static uint64_t dice_next(struct dice *d)
{
    uint64_t *s = d->state, result = turn_left(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = turn_left(s[3], 45);
    return result;
}

double dice_unit(struct dice *d)
{
    return ((double)(dice_next(d) >> 11) + 0.5) * 0x1p-53;
}

double dice_wait(struct dice *d)
{
    return -log(dice_unit(d));
}

double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

static double polynomial(const double *c, int n, double x)
{
    double y = c[n - 1];
    for (int i = n - 2; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

/* Wichura, Algorithm AS 241 (PPND7): seven digits. */
double normal_quantile(double p)
{
    static const double a[] = {3.3871327179, 50.434271938, 159.29113202, 59.109374720};
    static const double b[] = {1, 17.895169469, 78.757757664, 67.187563600};
    static const double c[] = {1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103};
    static const double d[] = {1, 0.73700164250, 0.12021132975};
    static const double e[] = {6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997};
    static const double f[] = {1, 0.24197894225, 0.012258202635};
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, 4, r) / polynomial(b, 4, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? polynomial(c, 4, r - 1.6) / polynomial(d, 3, r - 1.6)
                      : polynomial(e, 4, r - 5) / polynomial(f, 3, r - 5);
    return q < 0 ? -z : z;
}
