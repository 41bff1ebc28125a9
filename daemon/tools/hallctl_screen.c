/* hallctl's commands for the screens on the display bus. A screen's secret key is made here and never sent. */
#include <stdlib.h>
#include <string.h>

#include "bus/curve.h"
#include "codec/pbjson.h"
#include "proto/view.pb-c.h"
#include "tools/columns.h"
#include "tools/hallctl_http.h"

/* The screen's line in the settings. */
static int put_screen(struct hallctl *ctl, const Halld__ScreenView *screen)
{
    Halld__ScreenKey row = HALLD__SCREEN_KEY__INIT;
    struct buf answer = BUF_INIT;
    row.name = screen->name;
    row.place = screen->place;
    row.public_key = screen->public_key;
    int code = hallctl_request(ctl, "POST", "/admin/screens", &row.base, &answer);
    buf_fini(&answer);
    return code;
}

static void say_screen(const struct hallctl *ctl, const Halld__ScreenView *s)
{
    if (ctl->options.json) {
        struct buf text = BUF_INIT;
        pbjson_write(&s->base, &text);
        puts(buf_text(&text));
        if (text.data)
            explicit_bzero(text.data, text.len);
        buf_fini(&text);
        return;
    }
    SAY(ctl, stdout, W_SCREEN_ADDED, ARG("name", s->name), ARG("key", s->public_key));
    if (s->has_secret_case == HALLD__SCREEN_VIEW__HAS_SECRET_SECRET_KEY)
        SAY(ctl, stdout, W_SCREEN_SECRET, ARG("secret", s->secret_key));
    SAY(ctl, stdout,
        !*s->address     ? W_SCREEN_NO_BUS
        : *s->server_key ? W_SCREEN_SERVER
                         : W_SCREEN_OPEN,
        ARG("address", s->address), ARG("key", s->server_key));
}

/* With where the bus is; the screen is listed by now, so its secret is said even if that cannot be found out. */
static int say_added(struct hallctl *ctl, Halld__ScreenView *screen)
{
    ProtobufCMessage *m = NULL;
    int code = hallctl_fetch(ctl, "GET", "/status", NULL, &halld__status_view__descriptor, &m);
    if (m) {
        screen->address = ((Halld__StatusView *)m)->zmq;
        screen->server_key = ((Halld__StatusView *)m)->zmq_public_key;
    }
    say_screen(ctl, screen);
    if (m)
        protobuf_c_message_free_unpacked(m, NULL);
    return code;
}

int hallctl_screen_add(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    Halld__ScreenView screen = HALLD__SCREEN_VIEW__INIT;
    struct curve pair;
    screen.name = argv[0];
    if (ctl->options.place)
        screen.place = (char *)ctl->options.place;
    if (ctl->options.public_key) {
        screen.public_key = (char *)ctl->options.public_key;
    } else {
        if (!curve_make(&pair)) {
            SAY(ctl, stderr, W_NO_CURVE, ARG("what", ""));
            return EXIT_FILE;
        }
        screen.public_key = pair.public_key;
        screen.has_secret_case = HALLD__SCREEN_VIEW__HAS_SECRET_SECRET_KEY;
        screen.secret_key = pair.secret_key;
    }
    int code = put_screen(ctl, &screen);
    if (code == 0)
        code = say_added(ctl, &screen);
    curve_wipe(&pair);
    return code;
}

static void print_screens(const struct hallctl *ctl, const Halld__Settings *s)
{
    struct columns *c = columns_new("lll");
    struct buf out = BUF_INIT;
    columns_add(c, hallctl_word(ctl, W_H_NAME));
    columns_add(c, hallctl_word(ctl, W_H_PLACE));
    columns_add(c, hallctl_word(ctl, W_H_KEY));
    for (size_t i = 0; i < s->n_screens; i++) {
        columns_add(c, s->screens[i]->name);
        columns_add(c, s->screens[i]->place);
        columns_add(c, s->screens[i]->public_key);
    }
    columns_write(c, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
    columns_free(c);
}

int hallctl_screen_list(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    ProtobufCMessage *m = NULL;
    int code = hallctl_ask(ctl, "GET", "/admin/screens", NULL, &halld__settings_view__descriptor, &m);
    if (!m)
        return code;
    const Halld__Settings *s = ((const Halld__SettingsView *)m)->settings;
    if (s && s->n_screens)
        print_screens(ctl, s);
    else
        SAY(ctl, stdout, W_NO_SCREENS, ARG("what", ""));
    protobuf_c_message_free_unpacked(m, NULL);
    return code;
}

int hallctl_screen_revoke(struct hallctl *ctl, int argc, char **argv)
{
    (void)argc;
    struct buf path = BUF_INIT, answer = BUF_INIT;
    buf_add_text(&path, "/admin/screens/");
    hallctl_add_encoded(&path, argv[0]);
    int code = hallctl_request(ctl, "DELETE", buf_text(&path), NULL, &answer);
    if (code == 0 && ctl->options.json)
        puts(buf_text(&answer));
    else if (code == 0)
        SAY(ctl, stdout, W_SCREEN_REVOKED, ARG("name", argv[0]));
    buf_fini(&path);
    buf_fini(&answer);
    return code;
}
