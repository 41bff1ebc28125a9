/* What everybody may see of the hall. */
#include "net/handlers.h"
#include "net/inside.h"
#include "view/board.h"
#include "view/hall_view.h"

void api_hall(struct call *c)
{
    Halld__HallView *v = hall_view_new(call_hall(c), call_now(c), net_is_read_only(c->net));
    call_reply(c, 200, &v->base);
}

void api_catalogue(struct call *c)
{
    char q[128];
    if (!call_query(c, "q", q, sizeof q))
        return;
    Halld__CatalogueView *v = catalogue_view_new(call_hall(c), q);
    call_reply(c, 200, &v->base);
}

void api_board(struct call *c)
{
    Halld__BoardView *v = board_view_new(call_hall(c), call_now(c));
    board_view_set_waits(v, net_quote(c->net));
    call_reply(c, 200, &v->base);
}
