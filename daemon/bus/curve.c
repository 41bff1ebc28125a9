#include "bus/curve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/err.h"
#include "base/log.h"

bool curve_make(struct curve *ret)
{
    return zmq_curve_keypair(ret->public_key, ret->secret_key) == 0;
}

static int bad(char why[200], const char *path, const char *what)
{
    snprintf(why, 200, "zmq_curve: %.90s: %s", path, what);
    return HALL_E_BAD_VALUE;
}

static bool write_key(int fd, const struct curve *c)
{
    char line[CURVE_TEXT + 1];
    int n = snprintf(line, sizeof line, "%s\n", c->secret_key);
    bool ok = write(fd, line, (size_t)n) == n && fsync(fd) == 0;
    explicit_bzero(line, sizeof line);
    return close(fd) == 0 && ok;
}

static int make(const char *path, struct curve *c, char why[200])
{
    if (!curve_make(c))
        return bad(why, path, zmq_strerror(errno));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || !write_key(fd, c)) {
        int code = bad(why, path, strerror(errno));
        if (fd >= 0)
            unlink(path);
        return code;
    }
    log_info("bus", "a new key pair for the display bus: %s; its public key is %s", path, c->public_key);
    return 0;
}

static int check_file(int fd, const char *path, char why[200])
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return bad(why, path, "不是文件 / not a file");
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return bad(why, path, "别人不能有权限（chmod 600） / others must not have access to it (chmod 600)");
    return 0;
}

static int take_key(const char *path, char *text, size_t len, struct curve *c, char why[200])
{
    while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    if (len != CURVE_TEXT - 1)
        return bad(why, path, "不是 40 个字符的 Z85 密钥 / not a Z85 key of 40 characters");
    memcpy(c->secret_key, text, len);
    c->secret_key[len] = '\0';
    if (zmq_curve_public(c->public_key, c->secret_key) != 0)
        return bad(why, path, "不是 Z85 密钥 / not a Z85 key");
    return 0;
}

int curve_read(const char *path, struct curve *ret, char why[200])
{
    struct curve c = {"", ""};
    char text[CURVE_TEXT + 8];
    if (!zmq_has("curve"))
        return bad(why, path, "本机的 ZeroMQ 不支持 CURVE / this ZeroMQ has no CURVE");
    int fd = open(path, O_RDONLY | O_CLOEXEC), code;
    if (fd < 0)
        code = errno == ENOENT ? make(path, &c, why) : bad(why, path, strerror(errno));
    else {
        code = check_file(fd, path, why);
        ssize_t n = code ? -1 : read(fd, text, sizeof text);
        if (!code)
            code = n < 0 ? bad(why, path, strerror(errno)) : take_key(path, text, (size_t)n, &c, why);
        explicit_bzero(text, sizeof text);
        close(fd);
    }
    if (!code)
        *ret = c;
    curve_wipe(&c);
    return code;
}

void curve_wipe(struct curve *c)
{
    explicit_bzero(c, sizeof *c);
}
