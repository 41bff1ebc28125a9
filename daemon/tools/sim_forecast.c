#include "tools/sim_forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "forecast/learn.h"
#include "forecast/quote.h"
#include "forecast/rollout.h"

enum { LINE_MOST = 4096 };

struct sim_forecast {
    struct learn *learn;
    uint64_t seed;
    struct quote quote;
    struct quote_row row;
};

struct sim_forecast *sim_forecast_new(uint64_t seed)
{
    struct sim_forecast *f = alloc_zero(sizeof *f);
    f->learn = learn_new();
    f->seed = seed;
    return f;
}

void sim_forecast_free(struct sim_forecast *f)
{
    if (!f)
        return;
    learn_free(f->learn);
    free(f);
}

/* One line of a law: item,mean,cv. NULL, or what is wrong with it. */
static const char *read_law(struct sim_forecast *f, char *line, const struct setup *setup)
{
    char *mean = strchr(line, ','), *cv = mean ? strchr(mean + 1, ',') : NULL, *end;
    if (!cv)
        return "three fields are needed";
    *mean++ = *cv++ = '\0';
    double minutes = strtod(mean, &end), spread = 0;
    if (end == mean || *end || !(minutes > 0) || minutes > 1e6)
        return "mean is no number of minutes";
    spread = strtod(cv, &end);
    if (end == cv || *end || !(spread >= 0) || spread > 100)
        return "cv is no coefficient of variation";
    if (!setup_item_find(setup, line))
        return "unknown item";
    laws_fix(f->learn->laws, line, minutes * 60000, spread);
    return NULL;
}

int sim_forecast_read_laws(struct sim_forecast *f, const char *name, const struct setup *setup)
{
    FILE *in = fopen(name, "re");
    if (!in) {
        fprintf(stderr, "%s: cannot be read\n", name);
        return -1;
    }
    char line[LINE_MOST];
    const char *wrong = NULL;
    size_t number = 0;
    while (!wrong && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (++number == 1)
            wrong = strcmp(line, "item,mean,cv") == 0 ? NULL : "the header is not item,mean,cv";
        else if (*line)
            wrong = read_law(f, line, setup);
    }
    fclose(in);
    if (wrong)
        fprintf(stderr, "%s:%zu: %s\n", name, number, wrong);
    else
        grade_trust_draws(f->learn->grade);
    return wrong ? -1 : 0;
}

void sim_forecast_learn(struct sim_forecast *f, const Halld__Event *event)
{
    learn_event(f->learn, event);
}

static bool play(struct sim_forecast *f, const struct plan *p, const struct grade_fit *fit)
{
    if (!p->n_ghosts)
        return false;
    if (p->ghosts[0].free) {
        f->row.p50_s = f->row.p90_s = 0;
        return true;
    }
    struct rollout *r = rollout_new(p, ROLLOUT_RUNS, f->seed++);
    int32_t *samples = rollout_of_ghost(r, 0);
    rollout_sort(samples, r->runs);
    bool known = forecast_quote_figures(samples, r->runs, fit, &f->row.p50_s, &f->row.p90_s);
    rollout_free(r);
    return known;
}

const struct quote *sim_forecast_quote(struct sim_forecast *f, const struct hall *hall, int64_t now, const char *item,
                                       const char *class_name)
{
    const Halld__Item *row = setup_item_find(hall_setup(hall), item);
    struct plan *p = plan_new_for(hall, f->learn, now, item, class_name);
    struct grade_fit fit = grade_fit(f->learn->grade, row ? row->queue : "");
    bool known = row && play(f, p, &fit);
    plan_free(p);
    if (!known)
        return NULL;
    f->row.queue = row->queue;
    f->row.group = row->group;
    f->row.class_name = class_name;
    f->quote = (struct quote){.at = now, .n_rows = 1, .rows = &f->row};
    return &f->quote;
}

void sim_forecast_write(const struct sim_customers *c, FILE *out)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct sim_customer *p = &c->at[i];
        fprintf(out, "%.6f,%s,%s,", (double)p->t0 / 60000, p->class_name, p->item);
        if (p->predicted)
            fprintf(out, "%.6f,%.6f,", p->p50_s / 60.0, p->p90_s / 60.0);
        else
            fputs(",,", out);
        fprintf(out, "%.6f,%d\n", (double)p->wait / 60000, p->left);
    }
}
