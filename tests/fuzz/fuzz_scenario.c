/*
 * A scenario with its hall, played by hallsim's own player with the definitions and calendars of the tree: whatever it
 * says, the engine's invariants hold after each step, and another flow made from the state at the end is equal.
 */
#include <string.h>

#include "base/alloc.h"
#include "codec/pbjson.h"
#include "fuzz.h"
#include "tools/sim_flow_inside.h"

/* What every input begins with, read once. */
struct tree_files {
    char *defs, *calendars;
    Halld__Profile *profile;
    Halld__FlowState *state;
};

static char *path_new(const char *name)
{
    const char *top = getenv("top_srcdir");
    return alloc_format("%s/%s", top ? top : ".", name);
}

static const struct tree_files *files_of_tree(void)
{
    static struct tree_files files;
    if (files.state)
        return &files;
    char *profile = path_new("profiles/national.json");
    struct sim_flow s = {.flow = flow_new(), .defs = files.defs = path_new("plugins")};
    files.calendars = path_new("packaging/calendars");
    MUST(sim_flow_load(&s, profile));
    files.profile = s.profile;
    files.state = flow_to_message(s.flow);
    sim_flow_fini(&s);
    free(profile);
    return &files;
}

static void check_equal(const struct flow *f)
{
    Halld__FlowState *one = flow_to_message(f);
    struct flow *again = flow_from_message(one, flow_offset(f));
    MUST(again);
    MUST(!flow_check(again));
    Halld__FlowState *two = flow_to_message(again);
    size_t len = halld__flow_state__get_packed_size(one);
    MUST(len == halld__flow_state__get_packed_size(two));
    uint8_t *bytes = alloc_zero(2 * len + 1);
    halld__flow_state__pack(one, bytes);
    halld__flow_state__pack(two, bytes + len);
    MUST(memcmp(bytes, bytes + len, len) == 0);
    free(bytes);
    halld__flow_state__free_unpacked(one, NULL);
    halld__flow_state__free_unpacked(two, NULL);
    flow_free(again);
}

static void play(const struct tree_files *files, const struct tree *scenario)
{
    struct sim_flow s = {.quiet = true,
                         .flow = flow_from_message(files->state, 0),
                         .defs = files->defs,
                         .profile = files->profile,
                         .hall = {.calendars = files->calendars}};
    MUST(s.flow);
    if (sim_hall_init(&s.hall, tree_at(scenario, "hall"), files->calendars)) {
        sim_flow_play(&s, scenario);
        MUST(!s.invariant);
        check_equal(s.flow);
    }
    sim_hall_fini(&s.hall);
    sim_flow_fini(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tree_files *files = files_of_tree();
    struct tree *scenario = NULL;
    fuzz_zone();
    if (tree_read((const char *)data, size, &scenario, NULL) == 0 && tree_kind(scenario) == TREE_OBJECT)
        play(files, scenario);
    tree_free(scenario);
    return 0;
}
