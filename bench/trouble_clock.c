/* The clock on the wall, so many seconds off as the file that TROUBLE_CLOCK names says. Clocks that never jump stay as they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);
static volatile long off;
static volatile time_t looked_at = -1;

int clock_gettime(clockid_t clock, struct timespec *now) {
    struct timespec steady;
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int found = real(clock, now);
    if (found || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return found;
    real(CLOCK_MONOTONIC, &steady);
    if (steady.tv_sec != looked_at) {
        looked_at = steady.tv_sec;
        const char *path = getenv("TROUBLE_CLOCK");
        FILE *file = path ? fopen(path, "r") : NULL;
        long said;
        if (file) {
            if (fscanf(file, "%ld", &said) == 1) off = said;
            fclose(file);
        }
    }
    now->tv_sec += off;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    now->tv_sec = found.tv_sec;
    now->tv_usec = found.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *to) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (to) *to = found.tv_sec;
    return found.tv_sec;
}
