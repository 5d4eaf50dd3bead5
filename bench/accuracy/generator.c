// Makes the traffic of one scenario and says how much it was: the truth that bench/accuracy/run holds monitors against.
//   generator SCENARIO peer [PORT-ADDRESS]     serves the other end until it is killed; prints "ready"
//   generator SCENARIO ADDRESS [DEVICE]        is the one to be found; prints its own counts as JSON when it is done
// What is not about short lives takes two to three seconds, as a transfer over a real network would.
// "tx" and "rx" are bytes that it gave to and got from the kernel; "header" is what IP and the transport add to each of the messages, where it is known
// how many there are: of TCP it is not, and its headers are within what a score allows.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind { STREAM, DATAGRAM, ICMP, RAW, FRAMES };
enum way { PLAIN, RING, SENDFILE, SPLICE, MANY_MESSAGES, DRIP };
enum { CHUNK = 1 << 16, BREAK = 10 }; // after each chunk of a stream a break of so many milliseconds

struct scenario {
  const char *name;
  enum kind kind;
  enum way way;
  int family, protocol, port;
  int connections, processes; // one after another; of more than one process all at once when connections is 0
  long up, down;              // STREAM: bytes of a connection; others: bytes of a message
  int messages;
};

static const struct scenario scenarios[] = {
  { "tcp-down", STREAM, PLAIN, AF_INET, 0, 41001, 1, 1, 0, 20000000, 0 },
  { "tcp-up", STREAM, PLAIN, AF_INET, 0, 41002, 1, 1, 20000000, 0, 0 },
  { "tcp-duplex", STREAM, PLAIN, AF_INET, 0, 41003, 1, 1, 10000000, 10000000, 0 },
  { "udp-duplex", DATAGRAM, PLAIN, AF_INET, 0, 41004, 1, 1, 1000, 1000, 3000 },
  { "icmp-flood", ICMP, PLAIN, AF_INET, IPPROTO_ICMP, 0, 1, 1, 1000, 1000, 2000 },
  { "udp-443", DATAGRAM, PLAIN, AF_INET, 0, 443, 1, 1, 1200, 1200, 2000 },
  { "tcp-ipv6", STREAM, PLAIN, AF_INET6, 0, 41007, 1, 1, 10000000, 1000000, 0 },
  { "sctp", STREAM, PLAIN, AF_INET, IPPROTO_SCTP, 41008, 1, 1, 5000000, 0, 0 },
  { "udp-53", DATAGRAM, PLAIN, AF_INET, 0, 53, 1, 1, 40, 100, 2000 },
  { "raw-ip-253", RAW, PLAIN, AF_INET, 253, 0, 1, 1, 500, 0, 2000 },
  { "short-lived", STREAM, PLAIN, AF_INET, 0, 41011, 1, 100, 10000, 0, 0 },
  { "af-packet", FRAMES, PLAIN, AF_INET, 0, 41012, 1, 1, 1000, 0, 2000 },
  { "io-uring-tx", STREAM, RING, AF_INET, 0, 41013, 1, 1, 10000000, 0, 0 },
  { "sendfile", STREAM, SENDFILE, AF_INET, 0, 41014, 1, 1, 10000000, 0, 0 },
  { "sendmmsg", DATAGRAM, MANY_MESSAGES, AF_INET, 0, 41015, 1, 1, 1000, 0, 3200 },
  { "loopback", STREAM, PLAIN, AF_INET, 0, 41016, 1, 1, 10000000, 10000000, 0 },
  { "container", STREAM, PLAIN, AF_INET, 0, 41017, 1, 1, 10000000, 0, 0 },
  { "slow-drip", STREAM, DRIP, AF_INET, 0, 41018, 1, 1, 40960, 0, 0 },
  { "many-small", STREAM, PLAIN, AF_INET, 0, 41019, 300, 1, 8000, 8000, 0 },
  { "burst", STREAM, PLAIN, AF_INET, 0, 41020, 0, 50, 200000, 0, 0 },
  { "io-uring-rx", STREAM, RING, AF_INET, 0, 41021, 1, 1, 0, 10000000, 0 },
  { "splice", STREAM, SPLICE, AF_INET, 0, 41022, 1, 1, 0, 10000000, 0 },
  { "recvmmsg", DATAGRAM, MANY_MESSAGES, AF_INET, 0, 41023, 1, 1, 0, 1000, 3200 },
  { "udp-ipv6", DATAGRAM, PLAIN, AF_INET6, 0, 41024, 1, 1, 1000, 1000, 2000 },
};

static char buffer[CHUNK];
static long tx, rx, sent_messages, received_messages;

static void fail(const char *what) {
  fprintf(stderr, "generator: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void check(long result, const char *what) {
  if (result < 0) fail(what);
}

static socklen_t address(const struct scenario *s, const char *text, struct sockaddr_storage *to) {
  memset(to, 0, sizeof *to);
  to->ss_family = s->family;
  if (s->family == AF_INET6) {
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
    six->sin6_port = htons(s->port);
    if (text) inet_pton(AF_INET6, text, &six->sin6_addr);
    return sizeof *six;
  }

  struct sockaddr_in *four = (struct sockaddr_in *)to;
  four->sin_port = htons(s->port);
  if (text) inet_pton(AF_INET, text, &four->sin_addr);
  return sizeof *four;
}

static void pause_for(long milliseconds) {
  struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
  while (nanosleep(&time, &time) < 0 && errno == EINTR) {
  }
}

static int open_socket(const struct scenario *s) {
  int type = s->kind == STREAM ? SOCK_STREAM : s->kind == DATAGRAM ? SOCK_DGRAM : SOCK_RAW;
  int fd = socket(s->family, type, s->protocol);
  check(fd, "socket");
  int one = 1, large = 8 << 20;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (s->kind != STREAM) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof large);
    struct timeval patience = { 0, 300000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  return fd;
}

// Both directions at once, as much as is wanted of each.
static void exchange(int fd, long up, long down, int is_paced) {
  check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
  while (up > 0 || down > 0) {
    struct pollfd wait = { fd, (up > 0 ? POLLOUT : 0) | (down > 0 ? POLLIN : 0), 0 };
    check(poll(&wait, 1, 10000), "poll");
    if (up > 0 && (wait.revents & POLLOUT)) {
      ssize_t n = send(fd, buffer, up < CHUNK ? up : CHUNK, MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN) fail("send");
      if (n > 0) up -= n, tx += n;
      if (is_paced) pause_for(BREAK);
    }

    if (down > 0 && (wait.revents & (POLLIN | POLLHUP))) {
      ssize_t n = recv(fd, buffer, down < CHUNK ? down : CHUNK, 0);
      if (n == 0) break;
      if (n < 0 && errno != EAGAIN) fail("recv");
      if (n > 0) down -= n, rx += n;
    }
  }

  check(fcntl(fd, F_SETFL, 0), "fcntl");
}

static void finish(int fd) {
  shutdown(fd, SHUT_WR);
  while (recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
  close(fd);
}

static void by_sendfile(int fd, long up) {
  int file = memfd_create("accuracy", 0);
  check(ftruncate(file, up), "ftruncate");
  for (off_t at = 0; at < up;) {
    ssize_t n = sendfile(fd, file, &at, up - at < CHUNK ? up - at : CHUNK);
    check(n, "sendfile");
    tx += n;
    pause_for(BREAK);
  }
}

static void by_splice(int fd, long down) {
  int pipes[2], nowhere = open("/dev/null", O_WRONLY);
  check(pipe(pipes), "pipe");
  while (down > 0) {
    ssize_t n = splice(fd, NULL, pipes[1], NULL, 1 << 16, SPLICE_F_MOVE);
    check(n, "splice");
    if (n == 0) return;
    rx += n, down -= n;
    while (n > 0) {
      ssize_t gone = splice(pipes[0], NULL, nowhere, NULL, n, SPLICE_F_MOVE);
      check(gone, "splice to null");
      n -= gone;
    }
  }
}

static void by_drips(int fd, long up) {
  while (up > 0) {
    ssize_t n = send(fd, buffer, 1024, MSG_NOSIGNAL);
    check(n, "send");
    tx += n, up -= n;
    pause_for(100);
  }
}

// One operation at a time, every other one handed to a worker of the kernel.
static void by_ring(int fd, long up, long down) {
  struct io_uring_params p = { 0 };
  int ring = syscall(__NR_io_uring_setup, 8, &p);
  check(ring, "io_uring_setup");
  size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned), cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
  char *sq = mmap(0, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
  char *cq = mmap(0, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
  struct io_uring_sqe *sqes = mmap(0, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
  unsigned *tail = (unsigned *)(sq + p.sq_off.tail), *mask = (unsigned *)(sq + p.sq_off.ring_mask), *array = (unsigned *)(sq + p.sq_off.array);
  unsigned *head = (unsigned *)(cq + p.cq_off.head), *cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
  struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
  for (int turn = 0; up > 0 || down > 0; turn++) {
    long left = up > 0 ? up : down;
    unsigned at = *tail & *mask;
    memset(&sqes[at], 0, sizeof sqes[at]);
    sqes[at].opcode = up > 0 ? IORING_OP_SEND : IORING_OP_RECV;
    sqes[at].flags = turn % 2 ? IOSQE_ASYNC : 0;
    sqes[at].fd = fd;
    sqes[at].addr = (uintptr_t)buffer;
    sqes[at].len = left < CHUNK ? left : CHUNK;
    array[at] = at;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    check(syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0), "io_uring_enter");
    int n = cqes[*head & *cq_mask].res;
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    if (n <= 0) errno = -n, fail("io_uring");
    if (up > 0) pause_for(BREAK);
    if (up > 0) up -= n, tx += n;
    else down -= n, rx += n;
  }
}

static int is_paced(const struct scenario *s) {
  return s->connections == 1 && s->processes == 1;
}

static void connection(const struct scenario *s, const char *to, int waits) {
  struct sockaddr_storage peer;
  socklen_t size = address(s, to, &peer);
  int fd = open_socket(s);
  check(connect(fd, (struct sockaddr *)&peer, size), "connect");
  switch (s->way) {
  case RING: by_ring(fd, s->up, s->down); break;
  case SENDFILE: by_sendfile(fd, s->up); break;
  case SPLICE: by_splice(fd, s->down); break;
  case DRIP: by_drips(fd, s->up); break;
  default: exchange(fd, s->up, s->down, is_paced(s));
  }

  if (waits) finish(fd);
  else close(fd);
}

static void streams(const struct scenario *s, const char *to) {
  if (s->processes == 1) {
    for (int i = 0; i < s->connections; i++) {
      connection(s, to, 1);
      if (s->connections > 1) pause_for(BREAK / 2);
    }

    return;
  }

  for (int i = 0; i < s->processes; i++) {
    pid_t child = fork();
    check(child, "fork");
    if (child == 0) {
      connection(s, to, 0);
      _exit(0);
    }

    if (s->connections > 0) check(waitpid(child, NULL, 0), "waitpid");
  }

  int status;
  for (pid_t child; (child = wait(&status)) > 0;) {
  }

  tx = s->up * s->processes;
  pause_for(500); // what is on its way
}

static void datagrams(const struct scenario *s, const char *to) {
  struct sockaddr_storage peer;
  socklen_t size = address(s, to, &peer);
  int fd = open_socket(s);
  struct mmsghdr many[32] = { 0 };
  struct iovec parts[32];
  for (int i = 0; i < 32; i++) {
    parts[i] = (struct iovec){ buffer + i * 1024, s->up > 0 ? s->up : 1024 };
    many[i].msg_hdr = (struct msghdr){ .msg_name = s->up > 0 ? (void *)&peer : NULL, .msg_namelen = s->up > 0 ? size : 0, .msg_iov = &parts[i], .msg_iovlen = 1 };
  }

  if (s->way == MANY_MESSAGES && s->up > 0) {
    while (sent_messages < s->messages) {
      int n = sendmmsg(fd, many, 32, 0);
      check(n, "sendmmsg");
      sent_messages += n, tx += n * s->up;
      pause_for(2 * BREAK);
    }
  } else if (s->way == MANY_MESSAGES) {
    check(sendto(fd, "go", 2, 0, (struct sockaddr *)&peer, size), "sendto");
    for (int n; received_messages < s->messages && (n = recvmmsg(fd, many, 32, MSG_WAITFORONE, NULL)) > 0; received_messages += n)
      for (int i = 0; i < n; i++) rx += many[i].msg_len;
  } else {
    for (int i = 0; i < s->messages; i++) {
      // The first half unconnected.
      if (i == s->messages / 2) check(connect(fd, (struct sockaddr *)&peer, size), "connect");
      ssize_t n = i < s->messages / 2 ? sendto(fd, buffer, s->up, 0, (struct sockaddr *)&peer, size) : send(fd, buffer, s->up, 0);
      check(n, "sendto");
      tx += n, sent_messages++;
      n = recv(fd, buffer, sizeof buffer, 0);
      if (n > 0) rx += n, received_messages++;
      pause_for(1);
    }
  }
}

static uint16_t sum_of(const void *data, int length) {
  const uint16_t *words = data;
  uint32_t sum = 0;
  for (; length > 1; length -= 2) sum += *words++;
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return ~sum;
}

static void raw(const struct scenario *s, const char *to) {
  struct sockaddr_storage peer;
  socklen_t size = address(s, to, &peer);
  int fd = open_socket(s);
  int length = s->up + (s->kind == ICMP ? (int)sizeof(struct icmphdr) : 0);
  for (int i = 0; i < s->messages; i++) {
    if (s->kind == ICMP) {
      struct icmphdr *echo = (struct icmphdr *)buffer;
      *echo = (struct icmphdr){ .type = ICMP_ECHO };
      echo->un.echo.id = htons(0x5050);
      echo->un.echo.sequence = htons(i);
      echo->checksum = sum_of(buffer, length);
    }

    ssize_t n = sendto(fd, buffer, length, 0, (struct sockaddr *)&peer, size);
    check(n, "sendto");
    tx += n, sent_messages++;
    if (s->kind == ICMP && (n = recv(fd, buffer, sizeof buffer, 0)) > 0) rx += n - (int)sizeof(struct iphdr), received_messages++;
    pause_for(1);
  }
}

static void frames(const struct scenario *s, const char *to, const char *device) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  check(fd, "socket(AF_PACKET)");
  struct ifreq request = { 0 };
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  check(ioctl(fd, SIOCGIFHWADDR, &request), "SIOCGIFHWADDR");
  memset(buffer, 0xFF, ETH_ALEN); // to all: nobody has to answer for the peer's address
  memcpy(buffer + ETH_ALEN, request.ifr_hwaddr.sa_data, ETH_ALEN);
  buffer[12] = 8, buffer[13] = 0;
  check(ioctl(fd, SIOCGIFINDEX, &request), "SIOCGIFINDEX");
  struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = request.ifr_ifindex, .sll_halen = ETH_ALEN };
  memset(link.sll_addr, 0xFF, ETH_ALEN);
  struct iphdr *ip = (struct iphdr *)(buffer + 14);
  struct udphdr *udp = (struct udphdr *)(ip + 1);
  *ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .tot_len = htons(28 + s->up) };
  inet_pton(AF_INET, "10.77.0.1", &ip->saddr);
  inet_pton(AF_INET, to, &ip->daddr);
  ip->check = sum_of(ip, sizeof *ip);
  *udp = (struct udphdr){ .source = htons(41112), .dest = htons(s->port), .len = htons(8 + s->up) };
  for (int i = 0; i < s->messages; i++) {
    ssize_t n = sendto(fd, buffer, 14 + 28 + s->up, 0, (struct sockaddr *)&link, sizeof link);
    check(n, "sendto");
    tx += n, sent_messages++;
    pause_for(1);
  }
}

static void serve(const struct scenario *s, const char *on) {
  struct sockaddr_storage here;
  socklen_t size = address(s, on, &here);
  int fd = s->kind == ICMP || s->kind == FRAMES ? -1 : open_socket(s);
  if (fd >= 0 && s->kind != RAW) check(bind(fd, (struct sockaddr *)&here, size), "bind");
  if (s->kind == STREAM) check(listen(fd, 512), "listen");
  puts("ready");
  fflush(stdout);
  signal(SIGCHLD, SIG_IGN);
  while (s->kind == STREAM) {
    int one = accept(fd, NULL, NULL);
    check(one, "accept");
    if (fork() == 0) {
      exchange(one, s->down, s->up, is_paced(s));
      finish(one);
      _exit(0);
    }

    close(one);
  }

  while (s->kind == DATAGRAM) {
    size = sizeof here;
    if (recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&here, &size) < 0) continue;
    int replies = s->down == 0 ? 0 : s->up == 0 ? s->messages : 1;
    for (int i = 0; i < replies; i++) {
      check(sendto(fd, buffer, s->down, 0, (struct sockaddr *)&here, size), "sendto");
      if (replies > 1 && i % 32 == 0) pause_for(2 * BREAK);
    }
  }

  for (;;) pause();
}

int main(int count, char **words) {
  const struct scenario *s = NULL;
  for (size_t i = 0; count > 1 && i < sizeof scenarios / sizeof *scenarios; i++)
    if (strcmp(scenarios[i].name, words[1]) == 0) s = &scenarios[i];
  if (!s || count < 3) {
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) puts(scenarios[i].name);
    return count == 1 ? 0 : 2;
  }

  if (strcmp(words[2], "peer") == 0) serve(s, count > 3 ? words[3] : NULL);
  switch (s->kind) {
  case STREAM: streams(s, words[2]); break;
  case DATAGRAM: datagrams(s, words[2]); break;
  case FRAMES: frames(s, words[2], count > 3 ? words[3] : "c0"); break;
  default: raw(s, words[2]);
  }

  int ip = s->family == AF_INET6 ? 40 : 20;
  int header = s->kind == STREAM ? 0 : s->kind == FRAMES ? -14 : s->kind == DATAGRAM ? ip + 8 : ip;
  printf("{\"tx\":%ld,\"rx\":%ld,\"tx_messages\":%ld,\"rx_messages\":%ld,\"header\":%d,\"processes\":%d}\n", tx, rx, sent_messages, received_messages, header, s->processes);
  return 0;
}
