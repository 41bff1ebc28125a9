/* The customers of a simulation: a CSV with the columns t0, class, item, service, patience (minutes with
 * fractions; patience 0 = never leaves), in the order of t0. */
#ifndef TOOLS_SIM_CUSTOMERS_H
#define TOOLS_SIM_CUSTOMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/setup.h"

struct sim_customer {
    int64_t t0, service, patience; /* ms; minutes round to the nearest */
    const char *class_name, *item; /* rows of the setup; item is never empty */
    uint64_t ticket;
    int64_t start; /* ms; -1 = never served */
    int64_t wait;  /* until served or gone, or until nothing more happens */
    int window;
    bool left; /* gone unserved */
    bool predicted;
    int32_t p50_s, p90_s; /* at issue */
};

struct sim_customers {
    struct sim_customer *at;
    size_t n, cap;
};

/* 0, or -1 with "NAME:LINE: reason" printed on standard error; nothing is kept then. */
int sim_customers_read(const char *name, const struct setup *setup, struct sim_customers *ret);
void sim_customers_fini(struct sim_customers *c);
/* t0,class,item,start,wait,window,left in the file's order; a leaver's start and window are empty. */
void sim_customers_write(const struct sim_customers *c, FILE *out);

#endif
