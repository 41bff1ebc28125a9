/*
 * A hall's first start: the settings of HALL.json become commands, its users and devices get generated passwords
 * and tokens. Without users in the file there is one administrator.
 */
#ifndef APP_FIRST_H
#define APP_FIRST_H

#include <stdbool.h>

#include "port/submit.h"
#include "proto/config.pb-c.h"

struct first;

/* Reads and checks the file (path "": none) and makes the logins. 0 or a code with why. */
int first_new(const char *import_hall, struct first **ret, char why[200]);
void first_free(struct first *f);
/* Submits everything; answers come when the engine starts. */
void first_submit(struct first *f, const struct submit_port *port);
/* After that: did all of it succeed? */
int first_outcome(const struct first *f, char why[200]);

/* The generated logins. Borrowed; base_url and zmq are empty. */
Halld__Credentials *first_credentials(struct first *f);

#endif
