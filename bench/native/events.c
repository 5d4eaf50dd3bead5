// The rival of `sonde events`: counts forks, executions and ends of processes that the process connector tells, and what its numbering shows as
// lost; reads nothing else. events SECONDS: prints "forks executions ends lost".
#define _GNU_SOURCE
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  double end = now() + (argc > 1 ? atof(argv[1]) : 10);
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC};
  int size = 8 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  struct __attribute__((packed)) {
    struct nlmsghdr header;
    struct cn_msg message;
    unsigned operation;
  } listen = {
      .header = {.nlmsg_len = sizeof listen, .nlmsg_type = NLMSG_DONE},
      .message = {.id = {CN_IDX_PROC, CN_VAL_PROC}, .len = sizeof(unsigned)},
      .operation = PROC_CN_MCAST_LISTEN,
  };
  if (fd < 0 || bind(fd, (void *)&address, sizeof address) != 0 || send(fd, &listen, sizeof listen, 0) < 0) {
    perror("connector");
    return 1;
  }
  static unsigned next[1024];
  static char known[1024];
  long forks = 0, executions = 0, ends = 0, lost = 0;
  for (double left = end - now(); left > 0; left = end - now()) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, (int)(left * 1000) + 1) <= 0) continue;
    char bytes[4096] __attribute__((aligned(8)));
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) >= (ssize_t)(NLMSG_HDRLEN + sizeof(struct cn_msg) + 16)) {
      struct cn_msg *message = NLMSG_DATA(bytes);
      struct proc_event event;
      memcpy(&event, message->data, sizeof event);
      if (event.cpu < 1024) {
        if (known[event.cpu]) lost += message->seq - next[event.cpu];
        known[event.cpu] = 1;
        next[event.cpu] = message->seq + 1;
      }
      if (event.what == PROC_EVENT_FORK) forks += event.event_data.fork.child_pid == event.event_data.fork.child_tgid;
      if (event.what == PROC_EVENT_EXEC) executions += event.event_data.exec.process_pid == event.event_data.exec.process_tgid;
      if (event.what == PROC_EVENT_EXIT) ends += event.event_data.exit.process_pid == event.event_data.exit.process_tgid;
    }
  }
  printf("%ld %ld %ld %ld\n", forks, executions, ends, lost);
  return 0;
}
