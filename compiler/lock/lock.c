/* SPDX-License-Identifier: MIT */
#include "lock/lock.h"

#include "lock/lock_object.h"
#include "net/crypto_ec.h"
#include "net/crypto_library.h"

#define LEASE_MIN_S 3
#define ID_BYTES 16
#define PAUSE_MS 1000
#define PAUSE_MAX_MS 10000
#define ROUNDS 10 /* in which it was neither had nor seen to be somebody's */
#define NO_ETAG "\"00000000000000000000000000000000\""

struct lock {
    struct arena *arena;
    struct aws_client *client;
    struct lock_place place;
    int64_t lease_s;
    struct lock_holder ours, next; /* as it is in S3, and as it is being written */
    int64_t sent_ms;               /* when the last renewal was */
    int64_t until_ms, next_ms;     /* it is sure; when to renew: by the client's steady clock */
    bool asking;                   /* a renewal is under way */
    bool lost;
    enum lock_status state; /* of the last renewal */
    struct lock_problem problem;
};

/* ---- one call */

static void ask(struct lock *l, struct aws_call call, struct aws_answer *ret) {
    aws_client_call(l->client, l->arena, &call, ret);
}

static enum lock_status look(struct lock *l, struct lock_problem *ret) {
    struct aws_answer answer;
    ask(l, lock_call_get(l->arena, &l->place), &answer);
    return lock_answer_get(l->arena, &answer, ret);
}

static bool is_ours(const struct lock *l, const struct lock_holder *h) {
    return str_eq(h->id, l->ours.id);
}

/* Removes what has the id of `h`, in whatever state. */
static enum lock_status take_away(struct lock *l, struct lock_holder *h, struct lock_problem *ret) {
    enum lock_status is = LOCK_HELD;
    for (int i = 0; i < ROUNDS && is == LOCK_HELD && str_eq(h->id, l->ours.id); i++) {
        struct aws_answer answer;
        ask(l, lock_call_delete(l->arena, &l->place, h->etag), &answer);
        if (answer.error.kind == AWS_OK)
            return LOCK_FREE;
        ret->error = answer.error;
        if (!lock_is_refused(&answer.error))
            return LOCK_FAILED;
        is = look(l, ret);
        *h = ret->holder;
    }
    return is;
}

/* ---- keeping it */

/* What was sent at `l->sent_ms` is in S3. */
static void keep(struct lock *l, str etag) {
    int64_t half_ms = (l->ours.expires_s - aws_client_now_s(l->client) - l->lease_s / 2) * 1000;
    l->ours.etag = arena_str(l->arena, etag);
    l->until_ms = aws_client_steady_ms(l->client) + half_ms;
    l->next_ms = l->sent_ms + l->lease_s * 1000 / 3;
    l->asking = false;
    l->state = LOCK_TAKEN;
}

static void lose(struct lock *l, enum lock_status state) {
    l->asking = false;
    l->state = state;
    l->lost = state != LOCK_FAILED;
    l->next_ms = aws_client_steady_ms(l->client) + l->lease_s * 1000 / 12;
}

/* A renewal was refused: by one before it, whose answer was lost, or because it is not ours. */
static void take_look(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct lock *l = ctx;
    enum lock_status is = lock_answer_get(l->arena, answer, &l->problem);
    if (is != LOCK_HELD || !is_ours(l, &l->problem.holder)) {
        lose(l, is);
        return;
    }
    l->ours.expires_s = l->problem.holder.expires_s;
    keep(l, l->problem.holder.etag);
    /* That may have been long ago. */
    l->next_ms = aws_client_steady_ms(c);
}

static void start(struct lock *l, struct aws_call call, aws_done_fn *done) {
    call.done = done;
    call.ctx = l;
    call.always = true;
    call.deadline_s = (unsigned)l->lease_s / 3;
    aws_client_start(l->client, &call);
}

static void take_renewal(void *ctx, struct aws_client *c, const struct aws_answer *answer) {
    struct lock *l = ctx;
    str etag = aws_header(answer->headers, answer->nheaders, "etag");
    (void)c;
    if (answer->error.kind == AWS_OK && etag.n > 0) {
        l->ours.expires_s = l->next.expires_s;
        keep(l, etag);
    } else if (answer->error.kind == AWS_OK || lock_is_refused(&answer->error)) {
        start(l, lock_call_get(l->arena, &l->place), take_look);
    } else {
        l->problem.error = aws_error_keep(l->arena, &answer->error);
        lose(l, LOCK_FAILED);
    }
}

static void renew(struct lock *l) {
    l->asking = true;
    l->sent_ms = aws_client_steady_ms(l->client);
    l->next = l->ours;
    l->next.expires_s = aws_client_now_s(l->client) + l->lease_s;
    start(l,
          lock_call_put(l->arena, &l->place, LOCK_IF_SAME, l->ours.etag,
                        lock_text(l->arena, &l->next)),
          take_renewal);
}

/* The steady clock may stand still while the machine sleeps: AWS's does not. */
static void tick(void *ctx, struct aws_client *c) {
    struct lock *l = ctx;
    bool due =
        aws_client_steady_ms(c) >= l->next_ms ||
        (l->state == LOCK_TAKEN && aws_client_now_s(c) > l->ours.expires_s - l->lease_s * 2 / 3);
    if (due && !l->asking && !l->lost)
        renew(l);
}

void lock_keep(struct lock *l) {
    tick(l, l->client);
    aws_client_run(l->client);
}

bool lock_is_held(const struct lock *l) {
    return !l->lost && aws_client_steady_ms(l->client) < l->until_ms &&
           aws_client_now_s(l->client) <= l->ours.expires_s - l->lease_s / 2;
}

enum lock_status lock_renew(struct lock *l, struct lock_problem *ret_problem) {
    if (!l->asking && !l->lost)
        renew(l);
    aws_client_run(l->client);
    *ret_problem = l->problem;
    return l->state;
}

enum lock_status lock_release(struct lock *l, struct lock_problem *ret_problem) {
    struct lock_holder h = l->ours;
    aws_client_untick(l->client, tick, l);
    l->lost = true;
    return take_away(l, &h, ret_problem);
}

/* ---- taking it */

static bool make_id(struct lock *l, struct lock_problem *ret) {
    unsigned char bytes[ID_BYTES];
    char hex[CRYPTO_HEX_MAX];
    if (!crypto_random(bytes, sizeof bytes)) {
        ret->error = (struct aws_error){.kind = AWS_NO_LIBRARY,
                                        .message = STR("OpenSSL gives no random number")};
        return false;
    }
    crypto_hex(bytes, sizeof bytes, hex);
    l->ours.id = arena_str(l->arena, str_c(hex));
    return true;
}

/* TAKEN; FREE: somebody was quicker; FAILED. */
static enum lock_status write_ours(struct lock *l, const struct lock_holder *over,
                                   struct lock_problem *ret) {
    struct aws_answer answer;
    l->sent_ms = aws_client_steady_ms(l->client);
    l->ours.began_s = aws_client_now_s(l->client);
    l->ours.expires_s = l->ours.began_s + l->lease_s;
    ask(l,
        lock_call_put(l->arena, &l->place, over == NULL ? LOCK_IF_NONE : LOCK_IF_SAME,
                      over == NULL ? STR("") : over->etag, lock_text(l->arena, &l->ours)),
        &answer);
    str etag = aws_header(answer.headers, answer.nheaders, "etag");
    if (answer.error.kind == AWS_OK && etag.n > 0) {
        keep(l, etag);
        return LOCK_TAKEN;
    }
    ret->error = answer.error;
    return answer.error.kind == AWS_OK      ? LOCK_UNSAFE
           : lock_is_refused(&answer.error) ? LOCK_FREE
           : answer.error.status == 501     ? LOCK_UNSAFE
                                            : LOCK_FAILED;
}

/* Reads, and writes when it may be had: as write_ours(), or HELD, FOREIGN, UNSAFE. */
static enum lock_status attempt(struct lock *l, struct lock_problem *ret) {
    /* First, also because its answer tells what time it is. */
    enum lock_status is = look(l, ret);
    if (is == LOCK_HELD && is_ours(l, &ret->holder)) {
        /* It was written, and the answer was lost. */
        l->ours = ret->holder;
        keep(l, ret->holder.etag);
        return LOCK_TAKEN;
    }
    if (is == LOCK_HELD)
        return lock_is_over(l->client, &ret->holder) ? write_ours(l, &ret->holder, ret) : is;
    /* Who may not list the bucket is denied what is not there. */
    bool denied = is == LOCK_FAILED && ret->error.kind == AWS_DENIED;
    struct aws_error why = ret->error;
    if (is != LOCK_FREE && !denied)
        return is;
    is = write_ours(l, NULL, ret);
    if (is == LOCK_FREE && denied)
        ret->error = why;
    return is;
}

static bool wait_more(struct lock *l, const struct lock_options *o, int64_t began_ms,
                      int64_t *pause_ms, const struct lock_holder *h) {
    int64_t left = began_ms + o->wait_s * 1000LL - aws_client_steady_ms(l->client);
    int64_t over = (h->expires_s - aws_client_now_s(l->client) + 1) * 1000;
    int64_t ms = *pause_ms < over ? *pause_ms : over > PAUSE_MS ? over : PAUSE_MS;
    if (left <= 0)
        return false;
    aws_client_wait(l->client, (unsigned)(ms < left ? ms : left));
    *pause_ms = *pause_ms * 2 < PAUSE_MAX_MS ? *pause_ms * 2 : PAUSE_MAX_MS;
    return true;
}

static enum lock_status attempts(struct lock *l, const struct lock_options *o,
                                 struct lock_problem *ret) {
    int64_t began_ms = aws_client_steady_ms(l->client), pause_ms = PAUSE_MS;
    str told = STR("");
    for (int rounds = 0; rounds < ROUNDS; rounds++) {
        enum lock_status is = attempt(l, ret);
        if (is != LOCK_FREE && is != LOCK_HELD)
            return is;
        if (is == LOCK_FREE)
            continue;
        rounds = 0;
        if (o->waiting != NULL && o->wait_s > 0 && !str_eq(told, ret->holder.id))
            o->waiting(o->ctx, &ret->holder);
        told = ret->holder.id;
        if (!wait_more(l, o, began_ms, &pause_ms, &ret->holder))
            return LOCK_HELD;
    }
    return LOCK_FAILED;
}

/* A store that does not know conditions writes all the same: what is written is what is there. */
static enum lock_status prove(struct lock *l, struct lock_problem *ret) {
    static const struct {
        enum lock_condition condition;
        const char *etag;
    } wrong[] = {{LOCK_IF_NONE, ""}, {LOCK_IF_SAME, NO_ETAG}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct aws_answer answer;
        ask(l,
            lock_call_put(l->arena, &l->place, wrong[i].condition, str_c(wrong[i].etag),
                          lock_text(l->arena, &l->ours)),
            &answer);
        if (answer.error.kind == AWS_OK || answer.error.status == 501)
            return LOCK_UNSAFE;
        ret->error = answer.error;
        if (answer.error.status != 412)
            return LOCK_FAILED;
    }
    return LOCK_TAKEN;
}

static struct lock *new_lock(struct arena *a, struct aws_client *c, const struct lock_place *p) {
    struct lock *l = ARENA_NEW(a, struct lock);
    l->arena = a;
    l->client = c;
    l->place = *p;
    return l;
}

enum lock_status lock_take(struct arena *a, struct aws_client *c, const struct lock_place *place,
                           const struct lock_options *o, struct lock **ret,
                           struct lock_problem *ret_problem) {
    struct lock *l = new_lock(a, c, place);
    l->lease_s = o->lease_s == 0 ? LOCK_LEASE_S : o->lease_s;
    l->lease_s = l->lease_s < LEASE_MIN_S ? LEASE_MIN_S : l->lease_s;
    l->ours = (struct lock_holder){.owner = arena_str(a, o->owner),
                                   .run = arena_str(a, o->run),
                                   .environment = arena_str(a, o->environment)};
    *ret_problem = (struct lock_problem){0};
    if (!make_id(l, ret_problem))
        return LOCK_FAILED;
    enum lock_status is = attempts(l, o, ret_problem);
    if (is == LOCK_TAKEN && (is = prove(l, ret_problem)) != LOCK_TAKEN) {
        struct aws_answer ignored;
        str etag = is == LOCK_UNSAFE ? STR("") : l->ours.etag;
        ask(l, lock_call_delete(a, &l->place, etag), &ignored);
    }
    if (is != LOCK_TAKEN)
        return is;
    aws_client_tick(c, tick, l);
    *ret = l;
    return LOCK_TAKEN;
}

/* ---- of others */

enum lock_status lock_read(struct arena *a, struct aws_client *c, const struct lock_place *place,
                           struct lock_problem *ret) {
    *ret = (struct lock_problem){0};
    return look(new_lock(a, c, place), ret);
}

bool lock_is_over(const struct aws_client *c, const struct lock_holder *h) {
    return aws_client_now_s(c) > h->expires_s;
}

enum lock_status lock_break(struct arena *a, struct aws_client *c, const struct lock_place *place,
                            const struct lock_holder *seen, struct lock_problem *ret_problem) {
    struct lock *l = new_lock(a, c, place);
    struct lock_holder h = *seen;
    l->ours = *seen;
    *ret_problem = (struct lock_problem){0};
    return take_away(l, &h, ret_problem);
}
