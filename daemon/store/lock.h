/* DIR/lock: held as long as a daemon works on DIR; says its pid. Internal to store/. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

/* 0 with the descriptor that holds it (closing it gives it back); IN_USE or STORE_FAILED with why. */
int lock_take(const char *dir, int *ret_fd, char why[200]);

#endif
