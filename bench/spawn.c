// Keeps many idle processes alive for measurements: spawn COUNT [ARGUMENT…]. The arguments only make the command lines longer.
// Prints "ready" when all are there; ends them all when its standard input ends.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 0;
  if (count <= 0 || setpgid(0, 0) != 0) {
    fprintf(stderr, "usage: spawn COUNT\n");
    return 2;
  }
  pid_t parent = getpid();
  for (long i = 0; i < count; i++) {
    pid_t child = fork();
    if (child < 0) {
      perror("fork");
      kill(0, SIGKILL);
    }
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(0);
      for (;;) pause();
    }
  }
  puts("ready");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGKILL);
  return 0;
}
