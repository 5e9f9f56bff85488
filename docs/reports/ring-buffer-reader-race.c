// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes numbered markers on CPU 1, 100 at a time, while CPU 0 empties CPU 1's
 * ring buffer, and counts the numbers that never come: ring-buffer-reader-race.md.
 * Root, tracefs, two CPUs. Arguments: seconds, and "poll" to ask poll() first.
 *
 *     cc -O2 -static -pthread -o race ring-buffer-reader-race.c && ./race 60; ./race 60 poll
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INSTANCE "/sys/kernel/tracing/instances/race"
#define MAGIC 0x6d6d757769746e65ull

static volatile uint64_t written;
static volatile int stop;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		perror("sched_setaffinity"), exit(2);
}

static int open_or_die(const char *file, int flags)
{
	int fd = open(file, flags);

	if (fd < 0)
		perror(file), exit(2);
	return fd;
}

static void set(const char *file, const char *value)
{
	int fd = open_or_die(file, O_WRONLY);

	if (write(fd, value, strlen(value)) < 0)
		perror(file), exit(2);
	close(fd);
}

static void *writer(void *arg)
{
	int fd = open_or_die(INSTANCE "/trace_marker_raw", O_WRONLY);
	struct __attribute__((packed)) {
		uint32_t id;
		uint64_t magic, number;
		char pad[32];
	} marker = { .id = 1, .magic = MAGIC };

	pin(1);
	while (!stop) {
		marker.number = written + 1;
		if (write(fd, &marker, sizeof(marker)) != sizeof(marker))
			perror("trace_marker_raw"), exit(2);
		if (++written % 100 == 0)
			usleep(100);
	}
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t last = 0, missing = 0, gaps = 0, magic = MAGIC, number;
	int seconds = argc > 1 ? atoi(argv[1]) : 30, ask = argc > 2;
	static char page[4096], line[4096];
	pthread_t thread;
	time_t end;
	ssize_t n;
	int fd, i;

	if (mkdir(INSTANCE, 0755))
		perror(INSTANCE), exit(2);
	set(INSTANCE "/options/overwrite", "0");
	set(INSTANCE "/buffer_size_kb", "65536");
	set(INSTANCE "/buffer_percent", "0");
	fd = open_or_die(INSTANCE "/per_cpu/cpu1/trace_pipe_raw", O_RDONLY | O_NONBLOCK);
	pin(0);
	if (pthread_create(&thread, NULL, writer, NULL))
		exit(2);
	end = time(NULL) + seconds;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int data;

		if (!stop && time(NULL) >= end) {
			stop = 1;
			pthread_join(thread, NULL);
		}
		data = !ask || poll(&p, 1, 0) == 1;
		n = data ? read(fd, page, sizeof(page)) : -1;
		if (n < 0 && stop)
			break;
		for (i = 16; i + 16 <= n; i += 4) {
			if (memcmp(page + i, &magic, 8))
				continue;
			memcpy(&number, page + i + 8, 8);
			missing += number - last - 1;
			gaps += number != last + 1;
			last = number;
		}
	}
	missing += written - last;
	printf("%s: %llu written, %llu missing in %llu places; the kernel counts\n",
	       ask ? "poll, then read" : "read", (unsigned long long)written,
	       (unsigned long long)missing, (unsigned long long)gaps);
	close(fd);
	fd = open_or_die(INSTANCE "/per_cpu/cpu1/stats", O_RDONLY);
	n = read(fd, line, sizeof(line));
	close(fd);
	fwrite(line, 1, n > 0 ? n : 0, stdout);
	if (rmdir(INSTANCE))
		perror("rmdir " INSTANCE);
	return !!missing;
}
