/* Why a step was refused, as a sentence for whoever asked: with the definition's words, not its codes. */
#ifndef VIEW_MATTER_WHY_H
#define VIEW_MATTER_WHY_H

#include "core/flow/flow.h"

/* A refused step. */
struct refused_step {
    const struct flow *flow;
    const struct definition *def; /* of the matter, or the one to open by */
    const char *transition;
    const struct refusal *refusal;
    const char *by; /* STALE: who was quicker, as the asker may know them; "" = somebody */
};

/* In one language, to be freed by the caller; NULL: the code's own text says all there is. */
char *matter_why_new(const struct refused_step *s, bool zh);

#endif
