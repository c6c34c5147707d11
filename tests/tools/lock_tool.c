/* SPDX-License-Identifier: MIT */
/*
 * lock_tool: compiler/lock for its suite. Each line of its input is words, each line of its
 * output what came of them: a status, whose it is, and what was wrong; all apart by tabs.
 *
 *     lock_tool BUCKET SHIFT_MS     how far this machine's clock is ahead
 *     take KEY OWNER LEASE_S WAIT_S | held | renew | release | run MS | stop | read KEY | break
 */
#include "lock/lock.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_BYTES 4096
#define WORDS 5

struct tool {
    struct arena *arena;
    struct aws_client *client;
    struct lock_place place;
    struct lock *lock;
    struct lock_problem problem;
};

static const char *const names[] = {
    [LOCK_TAKEN] = "taken",     [LOCK_FREE] = "free",     [LOCK_HELD] = "held",
    [LOCK_FOREIGN] = "foreign", [LOCK_UNSAFE] = "unsafe", [LOCK_FAILED] = "failed"};

static int64_t shift_ms;

static int64_t shifted_ms(void *ctx) {
    (void)ctx;
    struct io_clock real = io_clock_posix();
    return real.now_ms(real.ctx) + shift_ms;
}

static str variable(void *ctx, const char *name) {
    (void)ctx;
    return str_c(getenv(name));
}

static struct aws_client *open_client(struct arena *a) {
    struct io *io = ARENA_NEW(a, struct io);
    struct aws_error e;
    *io = io_posix();
    struct aws_host host = {.io = io, .clock = io_clock_posix(), .variable = variable};
    struct aws_choice choice = {0};
    host.clock.now_ms = shifted_ms;
    struct aws_settings *s = aws_settings_read(a, &host, &choice, &e);
    return s == NULL ? NULL : aws_client_open(a, s, &e);
}

static void tell_waiting(void *ctx, const struct lock_holder *h) {
    (void)ctx;
    fprintf(stderr, "waits for %.*s\n", STR_ARG(h->owner));
}

static enum lock_status take(struct tool *t, const char *const *words) {
    struct lock_options o = {.owner = str_c(words[2]),
                             .run = STR("https://ci.example/run/1"),
                             .environment = STR("shop production"),
                             .lease_s = (unsigned)strtoul(words[3], NULL, 10),
                             .wait_s = (unsigned)strtoul(words[4], NULL, 10),
                             .waiting = tell_waiting};
    t->place.key = arena_str(t->arena, str_c(words[1]));
    return lock_take(t->arena, t->client, &t->place, &o, &t->lock, &t->problem);
}

static enum lock_status answer(struct tool *t, const char *const *words) {
    str what = str_c(words[0]);
    if (str_is(what, "take"))
        return take(t, words);
    if (str_is(what, "renew"))
        return lock_renew(t->lock, &t->problem);
    if (str_is(what, "release"))
        return lock_release(t->lock, &t->problem);
    if (str_is(what, "break"))
        return lock_break(t->arena, t->client, &t->place, &t->problem.holder, &t->problem);
    if (str_is(what, "read")) {
        t->place.key = arena_str(t->arena, str_c(words[1]));
        return lock_read(t->arena, t->client, &t->place, &t->problem);
    }
    if (str_is(what, "run"))
        aws_client_wait(t->client, (unsigned)strtoul(words[1], NULL, 10));
    if (str_is(what, "stop"))
        aws_client_stop(t->client);
    return t->lock != NULL && lock_is_held(t->lock) ? LOCK_TAKEN : LOCK_FAILED;
}

int main(int argc, char **argv) {
    static char line[LINE_MAX_BYTES];
    struct tool t = {.arena = arena_new((size_t)1 << 30, NULL, NULL)};
    if (argc != 3)
        return 2;
    t.place = (struct lock_place){.bucket = str_c(argv[1]), .region = STR("eu-west-1")};
    shift_ms = strtoll(argv[2], NULL, 10);
    t.client = open_client(t.arena);
    while (t.client != NULL && fgets(line, sizeof line, stdin) != NULL) {
        const char *words[WORDS];
        str rest = str_trim(str_c(line));
        for (int i = 0; i < WORDS; i++)
            words[i] = (const char *)arena_str(t.arena, str_split(&rest, '\t')).p;
        enum lock_status is = answer(&t, words);
        str whose = is == LOCK_HELD ? t.problem.holder.owner : STR("");
        printf("%s\t%.*s\t%.*s %.*s\n", names[is], STR_ARG(whose), STR_ARG(t.problem.error.code),
               STR_ARG(t.problem.error.message));
        fflush(stdout);
    }
    arena_free(t.arena);
    return t.client == NULL;
}
