# shellcheck shell=bash disable=SC2034
# What ./quickstart and ./runtests share: packages and builds. Sourced by bash; TOP is the top of the tree.

BUILD_PACKAGES="autoconf automake gcc libc6-dev make pkg-config libevent-dev libssl-dev protobuf-compiler
  protobuf-c-compiler libprotobuf-c-dev libsqlite3-dev libjansson-dev libsodium-dev libqrencode-dev libsystemd-dev libzmq3-dev librrd-dev
  libmimalloc-dev
  libcurl4-openssl-dev python3 tzdata ca-certificates"

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "需要 root 或 sudo 来安装软件包。Root or sudo is needed to install packages."
    fi
}

# Installs those of the named packages that are not there yet; asks apt only if there are any.
need_packages() {
    local missing="" package
    if ! command -v dpkg-query >/dev/null; then
        say "Not a Debian system: the packages must be there already: $*"
        return
    fi
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing:$missing"
    as_root apt-get -qq update </dev/null || say "apt-get update failed; trying with the lists as they are."
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing \
        </dev/null >"$LOG_DIR/apt.log" 2>&1 || {
        tail -20 "$LOG_DIR/apt.log" >&2
        die "apt-get could not install:$missing"
    }
}

# build_in DIR [configure arguments]: configures DIR if its settings are not these, and builds what is not current.
build_in() {
    local dir=$1 wanted log
    log=$LOG_DIR/$(basename "$dir").log
    shift
    wanted="$*"
    if ! [ -x "$TOP/configure" ] || [ "$TOP/configure.ac" -nt "$TOP/configure" ]; then
        (cd "$TOP" && autoreconf -fi) >"$LOG_DIR/autoreconf.log" 2>&1 || {
            tail -20 "$LOG_DIR/autoreconf.log" >&2
            return 1
        }
    fi
    mkdir -p "$dir"
    if ! [ -f "$dir/Makefile" ] || [ "$(cat "$dir/.configured-with" 2>/dev/null)" != "$wanted" ]; then
        [ ! -f "$dir/Makefile" ] || make -C "$dir" distclean >/dev/null 2>&1
        (cd "$dir" && "$TOP/configure" "$@" && printf '%s\n' "$wanted" >.configured-with) >"$log" 2>&1 || {
            tail -20 "$log" >&2
            return 1
        }
    fi
    make -C "$dir" -k -j"$(nproc)" >"$log" 2>&1 </dev/null || {
        grep -E 'error|Error' "$log" | tail -20 >&2
        return 1
    }
}
