// The rival of bench/tun: makes two TUN devices and carries every packet from the one to the other, a thread for each direction,
// as little work a packet as C allows: read until there is nothing, write each at once, poll, read again.
//   forwarder plain|raw LEFT RIGHT        prints "ready" once both devices are there; runs until it is killed
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

struct direction {
  int from, to;
};

static int open_tun(const char *name, int raw) {
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {0};
  request.ifr_flags = IFF_TUN | IFF_NO_PI | (raw ? IFF_VNET_HDR : 0);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) {
    perror(name);
    exit(1);
  }
  unsigned features = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_USO4 | TUN_F_USO6;
  if (raw && ioctl(fd, TUNSETOFFLOAD, features) != 0) {
    perror("TUNSETOFFLOAD");
    exit(1);
  }
  return fd;
}

static void *forward(void *argument) {
  struct direction *way = argument;
  static __thread char packet[10 + 65535];
  struct pollfd wait = {.fd = way->from, .events = POLLIN};
  for (;;) {
    ssize_t length = read(way->from, packet, sizeof packet);
    if (length > 0) {
      if (write(way->to, packet, (size_t)length) < 0 && errno != EIO && errno != EINVAL) perror("write");
    } else if (length < 0 && errno == EAGAIN) {
      poll(&wait, 1, -1);
    } else if (length < 0 && errno != EINTR) {
      perror("read");
      exit(1);
    }
  }
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int raw = strcmp(arguments[1], "raw") == 0;
  int left = open_tun(arguments[2], raw), right = open_tun(arguments[3], raw);
  struct direction there = {left, right}, back = {right, left};
  pthread_t thread;
  printf("ready\n");
  fflush(stdout);
  pthread_create(&thread, NULL, forward, &there);
  forward(&back);
}
