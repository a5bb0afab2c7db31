/* Trains on a pool with made-up outcomes, through insight.h alone. Exits with 0 if everything holds. */
#include "insight.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROMPTS = 500, BATCH = 16, ROLLOUTS = 8, STEPS = 30, THREADS = 4 };

static insight_error error;

#define CHECK(condition)                                                                                     \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      fprintf(stderr, "%s:%d: %s does not hold (last error: %s)\n", __FILE__, __LINE__, #condition,         \
              error.message);                                                                                \
      exit(1);                                                                                               \
    }                                                                                                        \
  } while (0)
#define SUCCEED(call) CHECK((call) == INSIGHT_OK)
#define REFUSE(status_, part, call) \
  CHECK((call) == (status_) && error.status == (status_) && strstr(error.message, part))

static char bytes[PROMPTS * 8];
static int64_t offsets[PROMPTS + 1];
static insight_strings ids = {bytes, offsets, PROMPTS};

/* Prompt i is solved by one rollout in PROMPTS / i. */
static double outcome(int64_t position, int rollout, int step) {
  uint64_t x = (uint64_t)position * 1000003 + (uint64_t)rollout * 7919 + (uint64_t)step * 104729;
  x = (x ^ x >> 31) * 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
  return (double)(x >> 11) / 9007199254740992.0 < (double)position / PROMPTS ? 1 : 0;
}

static void train(insight_selector selector, int first, int last) {
  for (int step = first; step < last; step++) {
    insight_pick picks[BATCH];
    SUCCEED(insight_select(selector, BATCH, 0, picks, &error));
    uint64_t tickets[BATCH];
    int64_t ends[BATCH + 1] = {0};
    double outcomes[BATCH * ROLLOUTS];
    for (int i = 0; i < BATCH; i++) {
      CHECK(picks[i].rollouts == ROLLOUTS && isfinite(picks[i].acquisition));
      CHECK(picks[i].position >= 0 && picks[i].position < PROMPTS);
      CHECK(i == 0 || picks[i].acquisition <= picks[i - 1].acquisition);
      tickets[i] = picks[i].ticket;
      for (int k = 0; k < ROLLOUTS; k++) outcomes[i * ROLLOUTS + k] = outcome(picks[i].position, k, step);
      ends[i + 1] = (i + 1) * ROLLOUTS;
    }
    uint8_t recorded[BATCH];
    double baselines[BATCH * ROLLOUTS];
    SUCCEED(insight_report(selector, tickets, BATCH, outcomes, ends, step, recorded, baselines, &error));
    for (int i = 0; i < BATCH; i++) CHECK(recorded[i] == 1);
    for (int i = 0; i < BATCH * ROLLOUTS; i++) CHECK(baselines[i] > 0 && baselines[i] < 1);
    SUCCEED(insight_report(selector, tickets, BATCH, outcomes, ends, step, recorded, baselines, &error));
    for (int i = 0; i < BATCH; i++) CHECK(recorded[i] == 0);
    for (int i = 0; i < BATCH * ROLLOUTS; i++) CHECK(isnan(baselines[i]));
  }
}

static void same_beliefs(insight_selector one, insight_selector other) {
  static double a[PROMPTS], b[PROMPTS], c[PROMPTS], d[PROMPTS];
  SUCCEED(insight_beliefs(one, NULL, PROMPTS, a, b, NULL, NULL, &error));
  SUCCEED(insight_beliefs(other, NULL, PROMPTS, c, d, NULL, NULL, &error));
  CHECK(memcmp(a, c, sizeof a) == 0 && memcmp(b, d, sizeof b) == 0);
}

static void *select_and_abandon(void *argument) {
  insight_selector selector = *(insight_selector *)argument;
  insight_error mine;
  for (int turn = 0; turn < 200; turn++) {
    insight_pick picks[BATCH];
    insight_status status = insight_select(selector, BATCH, 0, picks, &mine);
    if (status != INSIGHT_OK) return mine.message[0] ? argument : NULL;
    for (int i = 0; i < BATCH; i++)
      if (insight_abandon(selector, &picks[i].ticket, 1, &mine) != INSIGHT_OK) return argument;
  }
  return NULL;
}

int main(void) {
  CHECK(insight_abi_version() == INSIGHT_ABI_VERSION);
  /* The layout of version 3. Another layout is another version. */
  CHECK(INSIGHT_ABI_VERSION == 3 && sizeof(insight_error) == 2048);
  CHECK(sizeof(insight_pick) == 48 && offsetof(insight_pick, acquisition) == 24);
  CHECK(sizeof(insight_metrics) == 136 && offsetof(insight_metrics, starved_share) == 128);
  char *end = bytes;
  for (int i = 0; i < PROMPTS; i++) {
    end += sprintf(end, "p%d", i);
    offsets[i + 1] = end - bytes;
  }

  /* Trains, and the pool's middle has most of the groups. */
  insight_selector selector = 0;
  const char *configuration = "{\"method\": \"insight\", \"rollouts\": 8}";
  SUCCEED(insight_create(&ids, NULL, NULL, configuration, 7, &selector, &error));
  train(selector, 0, STEPS / 2);

  /* A snapshot and a file have the very same future. */
  insight_bytes snapshot;
  insight_selector restored, loaded, copy;
  SUCCEED(insight_snapshot(selector, &snapshot, &error));
  SUCCEED(insight_restore(snapshot.bytes, snapshot.count, &restored, &error));
  char path[] = "/tmp/insight-c-program-XXXXXX";
  int file = mkstemp(path);
  CHECK(file >= 0);
  close(file);
  SUCCEED(insight_save(selector, path, &error));
  SUCCEED(insight_load(path, &loaded, &error));
  SUCCEED(insight_copy(selector, &copy, &error));
  unlink(path);
  train(selector, STEPS / 2, STEPS);
  train(restored, STEPS / 2, STEPS);
  train(loaded, STEPS / 2, STEPS);
  train(copy, STEPS / 2, STEPS);
  same_beliefs(selector, restored);
  same_beliefs(selector, loaded);
  same_beliefs(selector, copy);

  insight_metrics metrics;
  SUCCEED(insight_get_metrics(selector, 10, &metrics, &error));
  CHECK(metrics.groups == STEPS * BATCH && metrics.rollouts == STEPS * BATCH * ROLLOUTS);
  CHECK(metrics.prompts == PROMPTS && metrics.available == PROMPTS && metrics.pending == 0);
  CHECK(metrics.mixed_groups > 0 && metrics.mixed_groups < metrics.groups);
  CHECK(metrics.belief_mean > 0.3 && metrics.belief_mean < 0.7 && metrics.starved_share < 1);

  /* Names and numbers go both ways. */
  int64_t positions[2] = {3, 499}, found[2], starts[3];
  insight_bytes names;
  SUCCEED(insight_ids(selector, positions, 2, &names, starts, &error));
  CHECK(starts[2] == 6 && memcmp(names.bytes, "p3p499", 6) == 0);
  insight_strings asked = {(const char *)names.bytes, starts, 2};
  SUCCEED(insight_positions(selector, &asked, found, &error));
  CHECK(found[0] == 3 && found[1] == 499);
  insight_bytes_free(&names);
  CHECK(names.bytes == NULL && names.count == 0);
  insight_bytes_free(&names);

  /* Domains have their quotas; picks wait, and are abandoned. */
  int32_t domains[PROMPTS];
  for (int i = 0; i < PROMPTS; i++) domains[i] = i < 100 ? 0 : 1;
  int64_t name_offsets[] = {0, 4, 8};
  insight_strings domain_names = {"mathcode", name_offsets, 2};
  insight_selector quotas;
  const char *rules = "{\"domains\": {\"math\": {\"quota\": 5}}}";
  SUCCEED(insight_create(&ids, domains, &domain_names, rules, 1, &quotas, &error));
  insight_pick picks[BATCH], waiting[BATCH];
  SUCCEED(insight_select(quotas, BATCH, 4, picks, &error));
  int maths = 0;
  for (int i = 0; i < BATCH; i++) {
    maths += picks[i].position < 100;
    CHECK(picks[i].rollouts == 4);
  }
  CHECK(maths == 5);
  int64_t count;
  SUCCEED(insight_pending(quotas, waiting, BATCH, &count, &error));
  CHECK(count == BATCH && waiting[3].ticket == 3 && isnan(waiting[3].acquisition));
  CHECK(waiting[3].position == picks[3].position);
  for (int i = 0; i < BATCH; i++) SUCCEED(insight_abandon(quotas, &picks[i].ticket, 1, &error));
  SUCCEED(insight_pending(quotas, NULL, 0, &count, &error));
  CHECK(count == 0);

  /* A group in stages is asked for more until it is complete. */
  insight_selector staged;
  int64_t more = -1;
  double verdicts[8] = {1, 0, 0, 1, 1, 0, 0, 0};
  const char *stages = "{\"method\": \"speed-rl\", \"rollouts\": 8}";
  SUCCEED(insight_create(&ids, NULL, NULL, stages, 1, &staged, &error));
  SUCCEED(insight_select(staged, 2, 0, picks, &error));
  CHECK(picks[0].rollouts == 2);
  SUCCEED(insight_report_stage(staged, picks[0].ticket, verdicts, 1, 0, 1, &more, &error));
  CHECK(more == 1);
  for (int i = 0; i < 2; i++) {
    SUCCEED(insight_report_stage(staged, picks[0].ticket, verdicts, 2, 0, 1, &more, &error));
    CHECK(more == 6);
  }
  SUCCEED(insight_pending(staged, waiting, BATCH, &count, &error));
  CHECK(count == 2 && waiting[0].rollouts == 8 && waiting[0].alpha == 2 && waiting[0].beta == 2);
  REFUSE(INSIGHT_REPORT, "2 are learned from",
         insight_report_stage(staged, picks[0].ticket, verdicts, 1, 0, 1, &more, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "more is NULL",
         insight_report_stage(staged, picks[0].ticket, verdicts, 2, 0, 1, NULL, &error));
  REFUSE(INSIGHT_SELECTION, "stages divide K = 8", insight_select(staged, 1, 4, picks, &error));
  /* A complete group that is not settled waits for insight_report, which gives its baselines. */
  SUCCEED(insight_report_stage(staged, picks[0].ticket, verdicts, 8, 0, 0, &more, &error));
  CHECK(more == 0);
  int64_t bounds[2] = {0, 8};
  double expected[8];
  uint8_t was_recorded;
  SUCCEED(insight_report(staged, &picks[0].ticket, 1, verdicts, bounds, 0, &was_recorded, expected, &error));
  CHECK(was_recorded && expected[0] > 0 && expected[0] < expected[1] && expected[1] < 1);
  SUCCEED(insight_report_stage(staged, picks[1].ticket, verdicts + 6, 2, 0, 1, &more, &error));
  CHECK(more == 0);
  SUCCEED(insight_pending(staged, NULL, 0, &count, &error));
  CHECK(count == 0);
  SUCCEED(insight_destroy(staged, &error));

  /* Settings that the caller must act on are named: those of a method, and those that were set. */
  insight_bytes json;
  insight_selector filtering, allocating;
  SUCCEED(insight_methods(&json, &error));
  char *listed = calloc((size_t)json.count + 1, 1);
  memcpy(listed, json.bytes, (size_t)json.count);
  char *greso = strstr(listed, "\"greso\"");
  CHECK(greso && strstr(greso, "[\"filter\"]"));
  CHECK(strstr(listed, "\"needs\":[]") || strstr(listed, "\"needs\": []"));
  free(listed);
  insight_bytes_free(&json);
  SUCCEED(insight_create(&ids, NULL, NULL, "{\"method\": \"dynamic-sampling\"}", 1, &filtering, &error));
  SUCCEED(insight_needs(filtering, &json, &error));
  CHECK(json.count == 10 && memcmp(json.bytes, "[\"filter\"]", 10) == 0);
  insight_bytes_free(&json);
  const char *both = "{\"filter\": {}, \"allocation\": {\"minimum\": 2, \"maximum\": 16}}";
  SUCCEED(insight_create(&ids, NULL, NULL, both, 1, &allocating, &error));
  SUCCEED(insight_needs(allocating, &json, &error));
  CHECK(json.count > 13 && memcmp(json.bytes + json.count - 13, "\"allocation\"]", 13) == 0);
  insight_bytes_free(&json);
  insight_selector ranking;
  SUCCEED(insight_create(&ids, NULL, NULL, "{\"method\": \"ragen-top-p\"}", 1, &ranking, &error));
  SUCCEED(insight_needs(ranking, &json, &error));
  CHECK(json.count == 18 && memcmp(json.bytes, "[\"varianceFilter\"]", 18) == 0);
  insight_bytes_free(&json);
  SUCCEED(insight_destroy(ranking, &error));
  SUCCEED(insight_needs(selector, &json, &error));
  CHECK(json.count == 2 && memcmp(json.bytes, "[]", 2) == 0);
  insight_bytes_free(&json);
  SUCCEED(insight_destroy(filtering, &error));
  SUCCEED(insight_destroy(allocating, &error));

  /* Whatever is wrong is said, and changes nothing. */
  insight_selector none;
  insight_strings empty = {NULL, NULL, 0};
  REFUSE(INSIGHT_POOL, "empty", insight_create(&empty, NULL, NULL, NULL, 0, &none, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "ids is NULL", insight_create(NULL, NULL, NULL, NULL, 0, &none, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "selector is NULL",
         insight_create(&ids, NULL, NULL, NULL, 0, NULL, &error));
  REFUSE(INSIGHT_CONFIGURATION, "'metod'",
         insight_create(&ids, NULL, NULL, "{\"metod\": 1}", 0, &none, &error));
  REFUSE(INSIGHT_CONFIGURATION, "key", insight_create(&ids, NULL, NULL, "{", 0, &none, &error));
  domains[7] = 2;
  REFUSE(INSIGHT_INVALID_ARGUMENT, "prompt 7",
         insight_create(&ids, domains, &domain_names, NULL, 0, &none, &error));
  offsets[5]--, offsets[4] += 3;
  REFUSE(INSIGHT_INVALID_ARGUMENT, "entry 5", insight_create(&ids, NULL, NULL, NULL, 0, &none, &error));
  REFUSE(INSIGHT_SELECTION, "501",
         insight_select(selector, PROMPTS + 1, 0, calloc(501, sizeof *picks), &error));
  REFUSE(INSIGHT_SELECTION, "-3 rollouts", insight_select(selector, 1, -3, picks, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "picks is NULL", insight_select(selector, 1, 0, NULL, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "-1 entries", insight_select(selector, -1, 0, picks, &error));
  uint64_t unknown = 1u << 30;
  double shaped[] = {0.5, 7};
  int64_t ends[] = {0, 2}, backwards[] = {2, 0};
  REFUSE(INSIGHT_REPORT, "never issued",
         insight_report(selector, &unknown, 1, shaped, ends, 0, NULL, NULL, &error));
  SUCCEED(insight_select(selector, 1, 0, picks, &error));
  REFUSE(INSIGHT_REPORT, "outside [0, 1]",
         insight_report(selector, &picks->ticket, 1, shaped, ends, 0, NULL, NULL, &error));
  REFUSE(INSIGHT_INVALID_ARGUMENT, "below",
         insight_report(selector, &picks->ticket, 1, shaped, backwards, 0, NULL, NULL, &error));
  shaped[1] = NAN;
  SUCCEED(insight_report(selector, &picks->ticket, 1, shaped, ends, STEPS, NULL, NULL, &error));
  REFUSE(INSIGHT_REPORT, "position 500", insight_observe(selector, PROMPTS, shaped, 2, 0, &error));
  REFUSE(INSIGHT_REPORT, "policy version", insight_observe(selector, 0, shaped, 2, -2, &error));
  REFUSE(INSIGHT_SNAPSHOT, "snapshot", insight_restore((const uint8_t *)bytes, sizeof bytes, &none, &error));
  snapshot.bytes[snapshot.count / 2] ^= 1;
  REFUSE(INSIGHT_SNAPSHOT, "snapshot", insight_restore(snapshot.bytes, snapshot.count, &none, &error));
  insight_bytes_free(&snapshot);
  REFUSE(INSIGHT_SNAPSHOT, "no/such/file", insight_load("/no/such/file", &none, &error));
  REFUSE(INSIGHT_UNKNOWN_SELECTOR, "no selector 0", insight_select(0, 1, 0, picks, &error));
  CHECK(insight_select(0, 1, 0, picks, NULL) == INSIGHT_UNKNOWN_SELECTOR);

  /* Threads share a selector. */
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, select_and_abandon, &selector);
  for (int i = 0; i < THREADS; i++) {
    void *failure;
    pthread_join(threads[i], &failure);
    CHECK(failure == NULL);
  }

  /* A forked child is refused the parent's selector, and makes its own. */
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    REFUSE(INSIGHT_FORKED, "forked", insight_select(selector, 1, 0, picks, &error));
    offsets[5]++, offsets[4] -= 3;
    SUCCEED(insight_create(&ids, NULL, NULL, NULL, 0, &none, &error));
    SUCCEED(insight_select(none, 1, 0, picks, &error));
    SUCCEED(insight_destroy(selector, &error));
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

  SUCCEED(insight_destroy(selector, &error));
  REFUSE(INSIGHT_UNKNOWN_SELECTOR, "destroyed", insight_destroy(selector, &error));
  SUCCEED(insight_destroy(restored, &error));
  SUCCEED(insight_destroy(loaded, &error));
  SUCCEED(insight_destroy(copy, &error));
  SUCCEED(insight_destroy(quotas, &error));
  puts("1 passed, 0 failed");
  return 0;
}
