// The every-cycle tier by hand, for comparison: lists /proc with getdents64, reads and parses stat and statm of each process with openat, read, close.
//   proc_loop CYCLES [more]   with "more": also status, io and the size of fd, through a descriptor of the process's folder
// Prints a line a cycle: milliseconds and processes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct row {
  int pid, ppid, pgrp, session, priority, nice, threads, processor, rt_priority, policy, tracer;
  char state, name[16];
  uint64_t flags, minflt, majflt, utime, stime, start, vsize, terminal, stamp, io[7], memory[8], switches[2];
  int64_t rss, fds;
};

static struct row *rows;
static size_t capacity;

static uint64_t number(const char **at) {
  const char *p = *at;
  int negative = *p == '-';
  if (negative) p++;
  uint64_t value = 0;
  while (*p >= '0' && *p <= '9') value = value * 10 + (uint64_t)(*p++ - '0');
  if (*p == ' ') p++;
  *at = p;
  return negative ? (uint64_t)-(int64_t)value : value;
}

static int read_file(int folder, const char *path, char *buffer, size_t size) {
  int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, buffer, size - 1);
  close(fd);
  if (length < 0) return -1;
  buffer[length] = 0;
  return (int)length;
}

static int parse_stat(const char *text, struct row *row) {
  const char *open = strchr(text, '('), *close = strrchr(text, ')');
  if (!open || !close) return -1;
  const char *at = text;
  row->pid = (int)number(&at);
  size_t length = (size_t)(close - open - 1);
  if (length > 15) length = 15;
  memcpy(row->name, open + 1, length);
  row->name[length] = 0;
  row->state = close[2];
  at = close + 4;
  uint64_t field[52];
  for (int i = 4; i < 52; i++) field[i] = number(&at);
  row->ppid = (int)field[4];
  row->pgrp = (int)field[5];
  row->session = (int)field[6];
  row->terminal = field[7];
  row->flags = field[9];
  row->minflt = field[10];
  row->majflt = field[12];
  row->utime = field[14];
  row->stime = field[15];
  row->priority = (int)field[18];
  row->nice = (int)field[19];
  row->threads = (int)field[20];
  row->start = field[22];
  row->vsize = field[23];
  row->rss = (int64_t)field[24];
  row->processor = (int)field[39];
  row->rt_priority = (int)field[40];
  row->policy = (int)field[41];
  row->stamp = field[26] ^ field[28] ^ field[48] ^ field[49] ^ field[50];
  return 0;
}

static uint64_t line(const char *text, const char *key) {
  const char *at = strstr(text, key);
  if (!at) return 0;
  at += strlen(key);
  while (*at == ' ' || *at == '\t') at++;
  return number(&at);
}

int main(int argc, char **argv) {
  int cycles = argc > 1 ? atoi(argv[1]) : 10;
  int more = argc > 2;
  int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  static char entries[32 * 1024], buffer[8 * 1024];
  for (int cycle = 0; cycle < cycles; cycle++) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    lseek(proc, 0, SEEK_SET);
    size_t count = 0;
    long length;
    while ((length = syscall(SYS_getdents64, proc, entries, sizeof entries)) > 0) {
      for (long at = 0; at < length;) {
        unsigned short size;
        memcpy(&size, entries + at + 16, 2);
        const char *name = entries + at + 19;
        at += size;
        if (*name < '1' || *name > '9') continue;
        if (count == capacity) rows = realloc(rows, (capacity = capacity ? capacity * 2 : 1024) * sizeof *rows);
        struct row *row = &rows[count];
        char path[64];
        if (!more) {
          size_t used = strlen(name);
          memcpy(path, name, used);
          memcpy(path + used, "/stat", 6);
          if (read_file(proc, path, buffer, sizeof buffer) < 0 || parse_stat(buffer, row) < 0) continue;
          memcpy(path + used, "/statm", 7);
          if (row->vsize != 0 && read_file(proc, path, buffer, sizeof buffer) > 0) {
            const char *at = buffer;
            number(&at);
            row->rss = (int64_t)number(&at);
          }
          count++;
          continue;
        }
        int folder = openat(proc, name, O_PATH | O_CLOEXEC);
        if (folder < 0) continue;
        if (read_file(folder, "stat", buffer, sizeof buffer) >= 0 && parse_stat(buffer, row) >= 0) {
          count++;
          if (read_file(folder, "status", buffer, sizeof buffer) >= 0) {
            static const char *const keys[] = {"VmPeak:", "VmLck:", "VmHWM:", "RssAnon:", "RssFile:", "RssShmem:", "VmSwap:", "TracerPid:"};
            for (int i = 0; i < 8; i++) row->memory[i] = line(buffer, keys[i]);
            row->switches[0] = line(buffer, "\nvoluntary_ctxt_switches:");
            row->switches[1] = line(buffer, "nonvoluntary_ctxt_switches:");
          }
          if (read_file(folder, "io", buffer, sizeof buffer) >= 0) {
            static const char *const keys[] = {"rchar:", "wchar:", "syscr:", "syscw:", "read_bytes:", "write_bytes:", "cancelled_write_bytes:"};
            for (int i = 0; i < 7; i++) row->io[i] = line(buffer, keys[i]);
          }
          struct stat facts;
          row->fds = fstatat(folder, "fd", &facts, 0) == 0 ? facts.st_size : -1;
        }
        close(folder);
      }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.3f %zu\n", (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6, count);
  }
  return 0;
}
