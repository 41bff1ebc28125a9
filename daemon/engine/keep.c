/*
 * Snapshots of the committed hall, so that a start need not read the whole journal. The copy is made on the loop, the
 * file written by a thread of its own: a slow disk must not hold up the queue.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "engine/inside.h"
#include "store/snapshot.h"

struct snapshot_job {
    pthread_t thread;
    char *dir;
    Halld__Snapshot *hall;
    uint8_t head[32];
    struct buf extra;
};

static struct snapshot_job *job_new(struct engine *e)
{
    uint8_t head[32];
    uint64_t seq = hall_seq(e->committed);
    if (!seq || !store_head(e->store, seq, head))
        return NULL;
    struct snapshot_job *j = alloc_zero(sizeof *j);
    j->dir = alloc_text(e->dir);
    j->hall = hall_to_snapshot(e->committed);
    for (size_t i = 0; i < sizeof head; i++)
        j->head[i] = head[i];
    dedupe_write(e->dedupe, seq, &j->extra);
    return j;
}

static void job_free(struct snapshot_job *j)
{
    if (j->hall)
        halld__snapshot__free_unpacked(j->hall, NULL);
    buf_fini(&j->extra);
    free(j->dir);
    free(j);
}

static void *save(void *arg)
{
    struct snapshot_job *j = arg;
    snapshot_save(j->dir, j->hall, j->head, j->extra.data, j->extra.len);
    halld__snapshot__free_unpacked(j->hall, NULL); /* a third hall is not kept until tomorrow */
    j->hall = NULL;
    return NULL;
}

void keep_close(struct engine *e)
{
    if (!e->snapshot)
        return;
    pthread_join(e->snapshot->thread, NULL);
    job_free(e->snapshot);
    e->snapshot = NULL;
}

/* Another thread has freed the copy, but its memory is given back by the one that made it. */
void keep_look(struct engine *e)
{
    if (!e->snapshot || pthread_tryjoin_np(e->snapshot->thread, NULL) != 0)
        return;
    job_free(e->snapshot);
    e->snapshot = NULL;
    alloc_trim();
}

/* The last one ended a day ago, so joining its thread does not wait. */
void keep_snapshot(struct engine *e)
{
    e->wants_snapshot = false;
    keep_close(e);
    alloc_trim(); /* the last day's tickets have just gone */
    struct snapshot_job *j = job_new(e);
    if (!j)
        return;
    if (pthread_create(&j->thread, NULL, save, j) == 0) {
        e->snapshot = j;
        return;
    }
    log_warn("engine", "no thread for a snapshot");
    job_free(j);
}

void keep_snapshot_now(struct engine *e)
{
    keep_close(e);
    struct snapshot_job *j = job_new(e);
    if (!j)
        return;
    save(j);
    job_free(j);
}
