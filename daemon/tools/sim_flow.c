#include "tools/sim_flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "tools/sim_flow_inside.h"

enum { EXIT_OK = 0, EXIT_DATA = 1, EXIT_USAGE = 64, EXIT_OUTPUT = 73, FILE_MOST = 64 << 20 };

char *sim_read_file(const char *name, size_t *ret_len)
{
    struct buf text = BUF_INIT;
    bool sound = file_read(name, FILE_MOST, &text);
    *ret_len = text.len;
    if (sound)
        return buf_take(&text);
    buf_fini(&text);
    return NULL;
}

/* ---- names */

uint64_t sim_matter_find(const struct sim_flow *s, const char *name)
{
    for (size_t i = 0; i < s->n_names; i++)
        if (strcmp(s->names[i].name, name) == 0)
            return s->names[i].matter;
    return 0;
}

void sim_matter_name(struct sim_flow *s, const char *name, uint64_t matter)
{
    s->names = alloc_grow(s->names, s->n_names + 1, sizeof *s->names);
    s->names[s->n_names++] = (struct sim_name){alloc_text(name), matter};
}

/* ---- turns */

static void make(void *arg, Halld__Event *event)
{
    struct sim_flow *s = arg;
    flow_apply(s->flow, event);
    s->events = alloc_grow(s->events, s->n_events + 1, sizeof *s->events);
    s->events[s->n_events++] = event;
}

struct flow_turn sim_turn(struct sim_flow *s, const struct tree *as)
{
    const char *user = tree_text(tree_at(as, "user")), *person = tree_text(tree_at(as, "person"));
    return (struct flow_turn){.now = s->now,
                              .facts = &s->hall.facts,
                              .user = *user ? user : NULL,
                              .person = *person ? person : NULL,
                              .window = (int)tree_integer(tree_at(as, "window")),
                              .make = make,
                              .arg = s};
}

/* ---- the scenario */

static struct tree *read_tree(const char *name)
{
    size_t len;
    char *text = sim_read_file(name, &len);
    struct tree *t = NULL;
    struct refusal r = {0};
    if (!text)
        fprintf(stderr, "%s: cannot be read\n", name);
    else if (tree_read(text, len, &t, &r))
        fprintf(stderr, "%s: %s: %s\n", name, r.field, r.value);
    free(text);
    return t;
}

/* The hall stands in the scenario; a text there is a file beside it, and without one it is hall.json. */
static const struct tree *hall_of(const struct tree *scenario, const char *file, struct tree **ret_own)
{
    const struct tree *said = tree_at(scenario, "hall");
    *ret_own = NULL;
    if (tree_kind(said) == TREE_OBJECT)
        return said;
    const char *slash = strrchr(file, '/');
    char *name = alloc_format("%.*s%s", slash ? (int)(slash + 1 - file) : 0, file,
                              tree_kind(said) == TREE_TEXT ? tree_text(said) : "hall.json");
    *ret_own = read_tree(name);
    free(name);
    return *ret_own;
}

static void forget(struct sim_flow *s)
{
    for (size_t i = 0; i < s->n_events; i++)
        halld__event__free_unpacked(s->events[i], NULL);
    s->n_events = 0;
}

bool sim_flow_play(struct sim_flow *s, const struct tree *scenario)
{
    const struct tree *steps = tree_at(scenario, "steps");
    bool sound = tree_kind(steps) == TREE_LIST;
    if (!sound)
        fprintf(stderr, "the scenario has no steps\n");
    for (size_t i = 0; i < tree_count(steps) && sound; i++) {
        forget(s);
        sound = sim_flow_step(s, tree_item(steps, i));
        if (!sound)
            fprintf(stderr, "steps[%zu]\n", i);
    }
    return sound;
}

void sim_flow_fini(struct sim_flow *s)
{
    forget(s);
    free(s->events);
    for (size_t i = 0; i < s->n_names; i++)
        free(s->names[i].name);
    free(s->names);
    flow_free(s->flow);
}

static bool play(struct sim_flow *s, const char *profile, const char *file)
{
    struct tree *scenario = read_tree(file), *own;
    const struct tree *said = scenario ? hall_of(scenario, file, &own) : NULL;
    bool sound = false;
    if (said) {
        sound =
            sim_hall_init(&s->hall, said, s->hall.calendars) && sim_flow_load(s, profile) && sim_flow_play(s, scenario);
        sim_hall_fini(&s->hall);
        tree_free(own);
    }
    tree_free(scenario);
    return sound;
}

int sim_flow_main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: hallsim flow DEFS PROFILE CALENDARS SCENARIO\n", stderr);
        return EXIT_USAGE;
    }
    struct sim_flow s = {.flow = flow_new(), .defs = argv[0], .hall = {.calendars = argv[2]}};
    bool sound = play(&s, argv[1], argv[3]);
    sim_flow_fini(&s);
    if (s.profile)
        halld__profile__free_unpacked(s.profile, NULL);
    if (fflush(stdout) != 0)
        return EXIT_OUTPUT;
    return sound ? EXIT_OK : EXIT_DATA;
}
