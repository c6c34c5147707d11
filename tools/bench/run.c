/* SPDX-License-Identifier: MIT */
/*
 * run: what one run of a program costs.
 *
 *     run PROGRAM [ARG...]       prints "CLOCK_NS PROCESSOR_NS PEAK_BYTES"; status: the program's
 *
 * A program of its own, since the kernel counts the memory of who starts a process as that
 * process's: started from Python, nothing is smaller than Python. The program's output is dropped,
 * its errors are not.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#define RSS_UNIT 1
#else
#define RSS_UNIT 1024
#endif

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long ns_of(struct timeval t) {
    return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    long long start = now_ns();
    pid_t child = fork();
    if (child < 0)
        return 2;
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            dup2(null, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    int status;
    if (waitpid(child, &status, 0) != child)
        return 2;
    long long wall = now_ns() - start;
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    printf("%lld %lld %lld\n", wall, ns_of(used.ru_utime) + ns_of(used.ru_stime),
           (long long)used.ru_maxrss * RSS_UNIT);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
