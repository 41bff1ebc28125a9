/* Matters in a random hall: opened about the tickets at windows, moved on, told, closed by their clocks. */
#ifndef TESTS_LIB_RANDOM_MATTERS_H
#define TESTS_LIB_RANDOM_MATTERS_H

struct random_hall;

/* One act about a matter; the first brings the definition and the profile. */
void random_matters_do(struct random_hall *r);

#endif
