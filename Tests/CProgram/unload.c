/* Loads the engine, uses it, closes it and forks. The engine's fork handlers must still be in memory then, or
 * the fork crashes. */
#include "insight.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef insight_status (*create)(const insight_strings *, const int32_t *, const insight_strings *,
                                 const char *, uint64_t, insight_selector *, insight_error *);

int main(int count, char **arguments) {
  if (count != 2) return 2;
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
  create make;
  *(void **)&make = dlsym(library, "insight_create");
  int64_t offsets[] = {0, 1};
  insight_strings ids = {"a", offsets, 1};
  insight_selector selector;
  insight_error error;
  if (!make || make(&ids, NULL, NULL, NULL, 0, &selector, &error) != INSIGHT_OK) return 1;
  dlclose(library);
  pid_t child = fork();
  if (child == 0) _exit(0);
  int status;
  if (child < 0 || waitpid(child, &status, 0) != child) return 1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}
