/* SPDX-License-Identifier: MIT */
#include "io/program.h"

#include "base/buf.h"
#include "base/wipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPLAINT_MAX ((size_t)64 << 10)

extern char **environ;

static bool make_pipe(int ends[2]) {
    return pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

static void shut(int ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}

/* Zero, or an errno. */
static int spawn(struct arena *a, const str *words, uint32_t n, int out, int err, pid_t *ret) {
    posix_spawn_file_actions_t actions;
    char **argv = ARENA_ARRAY(a, char *, n + 1);
    for (uint32_t i = 0; i < n; i++)
        argv[i] = (char *)arena_str(a, words[i]).p;
    int e = posix_spawn_file_actions_init(&actions);
    if (e != 0)
        return e;
    e = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (e == 0)
        e = posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (e == 0)
        e = posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (e == 0)
        e = posix_spawnp(ret, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return e;
}

/* False at the end of what there is, or when the buffer is full. */
static bool take(int fd, struct buf *b) {
    unsigned char piece[4096];
    ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0)
        return errno == EINTR;
    buf_put(b, (str){piece, (uint32_t)n});
    wipe(piece, sizeof piece);
    return n > 0 && !b->full;
}

/* Both at once: a program that fills one pipe would wait for ever while we read the other. */
static void read_both(int out, int err, struct buf *output, struct buf *complaint) {
    struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
    struct buf *into[2] = {output, complaint};
    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && !output->full) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < 2; i++) {
            if (fds[i].fd < 0 || fds[i].revents == 0)
                continue;
            if (i == 1 && complaint->full)
                buf_clear(complaint);
            if (!take(fds[i].fd, into[i]) && !(i == 1 && complaint->full))
                fds[i].fd = -1;
        }
    }
}

static str last_line(str s) {
    s = str_trim(s);
    uint32_t from = s.n;
    while (from > 0 && s.p[from - 1] != '\n')
        from--;
    return str_sub(s, from, s.n);
}

void program_run(struct arena *a, const str *words, uint32_t n, size_t max,
                 struct program_result *ret) {
    int out[2] = {-1, -1}, err[2] = {-1, -1}, status = 0;
    pid_t pid = 0;
    struct buf output = BUF_INIT(max), complaint = BUF_INIT(COMPLAINT_MAX);
    *ret = (struct program_result){.status = -1};
    int e = n == 0                             ? ENOENT
            : make_pipe(out) && make_pipe(err) ? spawn(a, words, n, out[1], err[1], &pid)
                                               : errno;
    ret->started = e == 0;
    if (e != 0) {
        ret->complaint = e == ENOENT   ? STR("there is no such program")
                         : e == EACCES ? STR("it may not be run")
                                       : STR("it could not be started");
    } else {
        close(out[1]);
        close(err[1]);
        out[1] = err[1] = -1;
        read_both(out[0], err[0], &output, &complaint);
        if (output.full)
            kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        ret->status = WIFEXITED(status) && !output.full ? WEXITSTATUS(status) : -1;
        ret->output = output.full ? (str){NULL, 0} : arena_str(a, buf_str(&output));
        ret->complaint = last_line(arena_str(a, buf_str(&complaint)));
    }
    wipe(output.p, output.cap);
    buf_done(&output);
    buf_done(&complaint);
    shut(out);
    shut(err);
}
