/* What somebody in a random hall does next. */
#ifndef TESTS_LIB_RANDOM_ACTS_H
#define TESTS_LIB_RANDOM_ACTS_H

struct random_hall;

/* One act of a person, a clerk or the desk, by chance, as the hall stands now. */
void random_acts_do(struct random_hall *r);

#endif
