/* The daemon from its config to its end: the only place where engine, net and the rest are joined. */
#ifndef APP_H
#define APP_H

#include "app/options.h"

enum { EXIT_OK = 0, EXIT_FLOWS = 1, EXIT_USAGE = 64, EXIT_STORAGE = 75, EXIT_CONFIG = 78 };

/* Runs until SIGTERM, SIGINT or a failure; the exit code. */
int app_run(const struct options *o);

#endif
