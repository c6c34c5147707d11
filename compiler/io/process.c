/* SPDX-License-Identifier: MIT */
#include "io/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPLAINT_MAX 4096

extern char **environ;

static char **environment(struct arena *a, bool (*dropped)(str), const char *const *set) {
    uint32_t n = 0, more = 0;
    while (environ[n] != NULL)
        n++;
    while (set[more] != NULL)
        more++;
    char **ret = ARENA_ARRAY(a, char *, n + more + 1);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        str rest = str_c(environ[i]), name = str_split(&rest, '=');
        bool replaced = dropped(name);
        for (uint32_t k = 0; k < more && !replaced; k++) {
            str of = str_c(set[k]);
            replaced = str_eq(str_split(&of, '='), name);
        }
        if (!replaced)
            ret[kept++] = environ[i];
    }
    for (uint32_t k = 0; k < more; k++)
        ret[kept++] = (char *)arena_str(a, str_c(set[k])).p;
    return ret;
}

static void shut(int ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
    }
}

/* Both ends stay in this process. */
static bool make_pipe(int ends[2]) {
    if (pipe(ends) != 0)
        return false;
    return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

/* Zero, or an errno. */
static int spawn(struct arena *a, const char *const *words, char **env, int pipes[3][2],
                 pid_t *ret) {
    char *argv[PROCESS_WORDS_MAX + 1] = {0};
    posix_spawn_file_actions_t actions;
    assert(words[0] != NULL);
    for (int i = 0; words[i] != NULL && i < PROCESS_WORDS_MAX; i++)
        argv[i] = (char *)arena_str(a, str_c(words[i])).p;
    int e = posix_spawn_file_actions_init(&actions);
    if (e != 0)
        return e;
    for (int fd = 0; fd < 3 && e == 0; fd++)
        e = posix_spawn_file_actions_adddup2(&actions, pipes[fd][fd == 0 ? 0 : 1], fd);
    if (e == 0)
        e = posix_spawnp(ret, argv[0], &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    return e;
}

bool process_start(struct arena *a, const char *const *words, bool (*dropped)(str),
                   const char *const *set, struct process *ret) {
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    pid_t pid = 0;
    bool ok = true;
    for (int i = 0; i < 3 && ok; i++)
        ok = make_pipe(pipes[i]);
    int e = ok ? spawn(a, words, environment(a, dropped, set), pipes, &pid) : errno;
    if (e != 0) {
        for (int i = 0; i < 3; i++)
            shut(pipes[i]);
        errno = e;
        return false;
    }
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    *ret = (struct process){pid, fdopen(pipes[0][1], "w"), fdopen(pipes[1][0], "r"), pipes[2][0]};
    if (ret->in != NULL && ret->out != NULL)
        return true;
    process_end(a, ret, NULL);
    errno = ENOMEM;
    return false;
}

static str last_line(str s) {
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' '))
        s.n--;
    for (uint32_t i = s.n; i > 0; i--) {
        if (s.p[i - 1] == '\n')
            return str_sub(s, i, s.n);
    }
    return s;
}

/* The end of what is in the pipe. */
static str read_complaint(struct arena *a, int fd) {
    unsigned char *text = ARENA_ARRAY(a, unsigned char, COMPLAINT_MAX);
    uint32_t n = 0;
    for (;;) {
        ssize_t got = read(fd, text + n, COMPLAINT_MAX - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (uint32_t)got;
        if (n < COMPLAINT_MAX)
            continue;
        n = COMPLAINT_MAX / 2;
        memmove(text, text + COMPLAINT_MAX / 2, n);
    }
    return last_line((str){text, n});
}

int process_end(struct arena *a, struct process *p, str *ret_complaint) {
    int status = 0;
    if (p->in != NULL)
        fclose(p->in);
    if (p->out != NULL)
        fclose(p->out);
    if (ret_complaint != NULL)
        *ret_complaint = read_complaint(a, p->complaints);
    close(p->complaints);
    while (waitpid((pid_t)p->pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
