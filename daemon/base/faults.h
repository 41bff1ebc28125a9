/* What is wrong with a file that a person wrote: all of it, each with its place, a code and a sentence. */
#ifndef BASE_FAULTS_H
#define BASE_FAULTS_H

#include <stddef.h>

struct fault {
    char *path;       /* "transitions[3].to"; "$" is the whole file */
    const char *code; /* static */
    char *text;       /* one line */
};

struct faults {
    struct fault *rows;
    size_t n, cap;
};

/* The first so many are kept: nobody reads more at once. */
enum { FAULTS_MAX = 100 };

#define FAULTS_INIT \
    {               \
        NULL, 0, 0  \
    }

/* Where a fault stands: a chain on the stack, made text only for a fault. */
struct fault_place {
    const struct fault_place *up; /* NULL: the whole file */
    const char *name;             /* NULL: an element of `up` */
    size_t index;                 /* of that element */
};

#define FAULT_AT(up, name) (&(const struct fault_place){(up), (name), 0})
#define FAULT_NTH(up, name, index) (&(const struct fault_place){FAULT_AT((up), (name)), NULL, (index)})

void faults_fini(struct faults *f);
/* at NULL is the whole file. Line ends in what is said become blanks. */
__attribute__((format(printf, 4, 5))) void faults_add(struct faults *f, const struct fault_place *at, const char *code,
                                                      const char *format, ...);

#endif
