/* Windows as staff see them; what clerks do there are commands of the route table. */
#include "base/err.h"
#include "codec/pbjson.h"
#include "net/handlers.h"
#include "net/inside.h"
#include "view/window_view.h"

void api_windows(struct call *c)
{
    Halld__WindowList *v = window_list_new(call_hall(c));
    call_reply(c, 200, &v->base);
}

void api_window(struct call *c)
{
    Halld__OpenWindow path = HALLD__OPEN_WINDOW__INIT; /* reads a window's number as commands do */
    struct refusal r;
    if (pbjson_set_text(&path.base, "n", call_param(c, "n"), &r) != 0) {
        call_refuse_with(c, &r);
        return;
    }
    Halld__WindowDetail *v = window_detail_new(call_hall(c), path.n);
    if (v) {
        window_detail_set_usual(v, net_quote(c->net));
        call_reply(c, 200, &v->base);
    } else
        call_refuse(c, HALL_E_NO_WINDOW);
}
