/* The config file: what the process needs before it has a journal. Read once, checked, defaults filled in. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "proto/config.pb-c.h"

/* 0, or a code with why. Freed with halld__config__free_unpacked. */
int config_read(const char *file, Halld__Config **ret, char why[200]);
/* min_free_mib with its default. */
int config_min_free_mib(const Halld__Config *c);

#endif
