/* Opens connected UDP sockets as fast as it is told to, sends a datagram on each and closes it; a second thread takes them.
   usage: churn RATE SECONDS    prints: connections seconds bytes-of-IP-packets received */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 100, HEADERS = 28, BATCH = 64 };

static int server;
static long received;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void *take(void *unused)
{
    static char data[BATCH][PAYLOAD];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH] = {0};

    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){data[i], PAYLOAD};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (;;) {
        int count = recvmmsg(server, messages, BATCH, MSG_WAITFORONE, NULL);

        if (count <= 0) {
            return unused;
        }
        received += count;
    }
}

int main(int count, char **arguments)
{
    double rate = count > 1 ? atof(arguments[1]) : 100000;
    double seconds = count > 2 ? atof(arguments[2]) : 5;
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof there;
    struct timeval patience = {1, 0};
    int room = 64 << 20;
    char data[PAYLOAD] = "churn";
    pthread_t taker;
    long opened = 0;

    server = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(server, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (bind(server, (struct sockaddr *)&there, sizeof there) || getsockname(server, (struct sockaddr *)&there, &size) || pthread_create(&taker, NULL, take, NULL)) {
        perror("churn");
        return 1;
    }

    double start = now();
    double end = start + seconds;
    for (double at = start; at < end; at = now()) {
        while (opened < (at - start) * rate) {
            int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

            if (client < 0 || connect(client, (struct sockaddr *)&there, sizeof there) || send(client, data, PAYLOAD, 0) != PAYLOAD) {
                perror("churn");
                return 1;
            }
            close(client);
            opened++;
            if ((opened & 63) == 0) {
                break; /* look at the clock: what cannot be kept up with is not caught up */
            }
        }
        if (opened >= (now() - start) * rate) {
            usleep(200);
        }
    }
    double took = now() - start;
    pthread_join(taker, NULL);
    printf("%ld %.3f %ld %ld\n", opened, took, opened * (PAYLOAD + HEADERS), received);
    return 0;
}
