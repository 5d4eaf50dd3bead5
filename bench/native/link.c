// The rivals of bench/link: the loops that a C programmer would write, and the sender that both sides are measured with.
//   link send IF COUNT            sends COUNT 60-byte frames as fast as it can (sendmmsg, past the queueing discipline)
//   link recvfrom IF              receives until two seconds are quiet; prints frames, drops, microseconds of processor time
//   link run PROGRAM…             runs a program until half a second after SIGUSR1 came, interrupts it, prints its microseconds of processor time
//   link echo IF poll|spin        sends back every frame of EtherType 0x88A4
//   link ask IF poll|spin COUNT   asks COUNT times; prints p50 and p99 of the round trip in nanoseconds
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long spent(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static int open_socket(const char *name, int protocol, int type) {
  int fd = socket(AF_PACKET, type, 0);
  if (fd < 0) die("socket");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = if_nametoindex(name)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) die("bind");
  return fd;
}

static void fill(unsigned char *frame, int type) {
  memset(frame, 0, 60);
  memset(frame, 0xff, 6);
  frame[6] = 2;
  frame[12] = type >> 8;
  frame[13] = type & 0xff;
}

static int send_frames(const char *name, long count) {
  enum { Batch = 64 };
  int fd = open_socket(name, 0, SOCK_RAW), on = 1;
  if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0) die("PACKET_QDISC_BYPASS");
  unsigned char frame[60];
  fill(frame, 0x88b5);
  struct iovec vector = {frame, sizeof frame};
  struct mmsghdr messages[Batch];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < Batch; i++) messages[i].msg_hdr.msg_iov = &vector, messages[i].msg_hdr.msg_iovlen = 1;
  long long started = now();
  for (long left = count; left > 0;) {
    int sent = sendmmsg(fd, messages, left < Batch ? left : Batch, 0);
    if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR) die("sendmmsg");
    if (sent > 0) left -= sent;
  }
  printf("%.0f\n", count * 1e9 / (now() - started));
  return 0;
}

static int receive_frames(const char *name) {
  int fd = open_socket(name, ETH_P_ALL, SOCK_RAW), size = 32 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) die("SO_RCVBUFFORCE");
  static unsigned char buffer[65536];
  long long before = spent(RUSAGE_SELF);
  long frames = 0;
  unsigned long sum = 0;
  struct pollfd wait = {fd, POLLIN, 0};
  while (poll(&wait, 1, frames == 0 ? -1 : 2000) > 0) {
    struct sockaddr_ll from;
    socklen_t length = sizeof from;
    ssize_t got;
    while ((got = recvfrom(fd, buffer, sizeof buffer, MSG_DONTWAIT, (struct sockaddr *)&from, &length)) >= 0) {
      frames++;
      sum += got + buffer[14];
    }
  }
  long long after = spent(RUSAGE_SELF);
  struct tpacket_stats counts;
  socklen_t length = sizeof counts;
  if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counts, &length) != 0) die("PACKET_STATISTICS");
  printf("%ld %u %lld %lu\n", frames, counts.tp_drops, after - before, sum);
  return 0;
}

static int run_program(char **command) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  pid_t child = fork();
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    execvp(command[0], command);
    die(command[0]);
  }
  int signal;
  sigwait(&signals, &signal);
  usleep(500000);
  kill(child, SIGINT);
  int status;
  waitpid(child, &status, 0);
  printf("%lld\n", spent(RUSAGE_CHILDREN));
  return 0;
}

static void wait_frame(int fd, int spins) {
  struct pollfd wait = {fd, POLLIN, 0};
  if (!spins && poll(&wait, 1, -1) < 0) die("poll");
}

_Noreturn static void echo(const char *name, int spins) {
  int fd = open_socket(name, 0x88a4, SOCK_RAW);
  unsigned char buffer[2048];
  for (;;) {
    wait_frame(fd, spins);
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0 && send(fd, buffer, got, 0) != got) die("send");
  }
}

static int compare(const void *left, const void *right) {
  long long a = *(const long long *)left, b = *(const long long *)right;
  return a < b ? -1 : a > b;
}

static int ask(const char *name, int spins, int count) {
  int fd = open_socket(name, 0x88a4, SOCK_RAW), warm = count / 10;
  long long *times = calloc(count + warm, sizeof *times);
  unsigned char frame[60], buffer[2048];
  fill(frame, 0x88a4);
  for (int i = 0; i < count + warm; i++) {
    long long started = now();
    if (send(fd, frame, sizeof frame, 0) != sizeof frame) die("send");
    do wait_frame(fd, spins);
    while (recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) <= 0);
    times[i] = now() - started;
  }
  qsort(times + warm, count, sizeof *times, compare);
  printf("%lld %lld\n", times[warm + count / 2], times[warm + count / 100 * 99]);
  return 0;
}

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  int spins = count > 3 && strcmp(arguments[3], "spin") == 0;
  if (!strcmp(what, "send") && count == 4) return send_frames(arguments[2], atol(arguments[3]));
  if (!strcmp(what, "recvfrom") && count == 3) return receive_frames(arguments[2]);
  if (!strcmp(what, "run") && count > 2) return run_program(arguments + 2);
  if (!strcmp(what, "echo") && count == 4) echo(arguments[2], spins);
  if (!strcmp(what, "ask") && count == 5) return ask(arguments[2], spins, atoi(arguments[4]));
  fprintf(stderr, "link: see the head of link.c\n");
  return 2;
}
