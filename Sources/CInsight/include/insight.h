/* InSight's selection engine for programs in other languages.
 *
 *     insight_selector selector;
 *     insight_error error;
 *     if (insight_create(&ids, NULL, "{\"method\": \"insight\"}", 7, &selector, &error) != INSIGHT_OK)
 *       fail(error.message);
 *     insight_pick picks[256];
 *     insight_select(selector, 256, 0, picks, &error);          picks[i].position is an index into ids
 *     ... roll out picks[i].rollouts answers, verify them ...
 *     insight_report(selector, tickets, 256, outcomes, offsets, step, NULL, &error);
 *     insight_destroy(selector);
 *
 * Rules that hold for every function:
 *
 *   - It returns INSIGHT_OK, or says in `error` (which may be NULL) what was wrong and what to do; the selector is
 *     then as it was. Nothing prints, exits, aborts or unwinds into the caller, and no signal handler is installed.
 *   - Any number of threads may call; calls on one selector come one after another.
 *   - A selector belongs to the process that made it. In a forked child a copy would drift apart from the original
 *     unseen, so every call on it there is refused with INSIGHT_FORKED (insight_destroy frees it). A forked child
 *     may make selectors of its own.
 *   - The same configuration, seed and calls give the same picks, on any machine.
 *   - Strings are UTF-8 and need no final 0 where their length is given. Arrays may be NULL where their count is 0.
 *   - What a function fills in when it fails is left as it was, unless its line says otherwise.
 */
#ifndef INSIGHT_H
#define INSIGHT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these declarations; insight_abi_version() returns the library's. A library of another version must
 * not be called. */
#define INSIGHT_ABI_VERSION 1

/* What became of a call. */
typedef int32_t insight_status;
enum {
  INSIGHT_OK = 0,
  /* A NULL where something must be, a negative count, offsets that do not ascend, a text that is no UTF-8. */
  INSIGHT_INVALID_ARGUMENT = 1,
  /* No selector has this number, or no more. */
  INSIGHT_UNKNOWN_SELECTOR = 2,
  /* The selector was made before this process was forked. */
  INSIGHT_FORKED = 3,
  /* The configuration is no JSON, has an unknown key, or a value out of range. */
  INSIGHT_CONFIGURATION = 4,
  /* The pool is empty, an id is empty or there twice, domains do not fit. */
  INSIGHT_POOL = 5,
  /* More prompts were asked for than are free, or K is out of range. */
  INSIGHT_SELECTION = 6,
  /* An unknown ticket or prompt, an outcome outside [0, 1], too many outcomes, a bad or missing policy version. */
  INSIGHT_REPORT = 7,
  /* A snapshot is damaged or of another format, or its file cannot be read or written. */
  INSIGHT_SNAPSHOT = 8
};

/* What was wrong: a status and a sentence, cut off where it is longer. */
typedef struct insight_error {
  insight_status status;
  char message[2044];
} insight_error;

/* Names a selector. Numbers are never used again, so one that was destroyed is refused, and 0 names none. */
typedef uint64_t insight_selector;

/* `count` strings end to end: string i is bytes[offsets[i] ..< offsets[i + 1]]; offsets has count + 1 entries. */
typedef struct insight_strings {
  const char *bytes;
  const int64_t *offsets;
  int64_t count;
} insight_strings;

/* Bytes that the library made; give them back to insight_bytes_free. */
typedef struct insight_bytes {
  uint8_t *bytes;
  int64_t count;
} insight_bytes;

/* A prompt chosen for rolling out. */
typedef struct insight_pick {
  /* Names the pick in reports. Tickets count up from 0. */
  uint64_t ticket;
  /* The prompt's position in the pool. */
  int64_t position;
  /* K, the rollouts to make. */
  int64_t rollouts;
  /* The acquisition score it was chosen by; NaN from insight_pending. */
  double score;
  /* The belief Beta(alpha, beta) about its success rate. */
  double alpha;
  double beta;
} insight_pick;

/* Sums over all reports so far, and the pool as it stands. Rates over a stretch of training are differences of two. */
typedef struct insight_metrics {
  /* Groups with at least one outcome; those with different outcomes; the sum of the chances predicted for that. */
  int64_t groups;
  int64_t groups_with_signal;
  double predicted_signal;
  /* Outcomes; their sum; the sum of the means predicted for them; the sum of squared differences to those. */
  double rollouts;
  double successes;
  double predicted_successes;
  double squared_error;
  /* Rollouts reported without an outcome. */
  int64_t missing;
  /* Prompts in the pool, free to be chosen, pending, set aside as solved. */
  int64_t prompts;
  int64_t available;
  int64_t pending;
  int64_t solved;
  /* The newest policy version reported on. */
  int64_t policy_version;
  /* Means over the pool of the beliefs' mean and of their evidence alpha + beta, in rollouts. */
  double belief_mean;
  double belief_evidence;
  /* Shares of the pool that had no report ever, and none for more than the given number of versions. */
  double unvisited_share;
  double starved_share;
} insight_metrics;

/* The library's INSIGHT_ABI_VERSION. */
uint32_t insight_abi_version(void);

/* The methods that a configuration can name, as a JSON array of {"name", "summary", "source"}. */
insight_status insight_methods(insight_bytes *json, insight_error *error);

/* Gives back bytes that the library made; leaves an empty value. */
void insight_bytes_free(insight_bytes *bytes);

/* ---- Making, saving, ending ---- */

/* Makes a selector of the prompts called `ids`, which are distinct and not empty.
 *
 * domains        [ids.count] each prompt's domain as an index into domain_names; NULL for none. Domains are the strata
 *                that the recommended method learns from; they divide a batch only by rules in the configuration.
 * configuration  a JSON object such as {"method": "mopps", "rollouts": 16}; NULL for the recommended one. Every key
 *                may be left out; unknown ones are refused.
 * seed           decides every draw */
insight_status insight_create(const insight_strings *ids, const int32_t *domains,
                              const insight_strings *domain_names,
                              const char *configuration, uint64_t seed, insight_selector *selector,
                              insight_error *error);

/* Ends a selector. Its number is then unknown; ending an unknown one is an error without effect. */
insight_status insight_destroy(insight_selector selector, insight_error *error);

/* Makes a second selector with the same state, to branch an experiment. */
insight_status insight_copy(insight_selector selector, insight_selector *copy, insight_error *error);

/* The whole state, pending picks and generators too; restoring it gives the very same future. */
insight_status insight_snapshot(insight_selector selector, insight_bytes *snapshot,
                                insight_error *error);

/* The selector that a snapshot was taken of. */
insight_status insight_restore(const uint8_t *snapshot, int64_t count, insight_selector *selector,
                               insight_error *error);

/* Saves a snapshot to a file, which is there whole or not at all. */
insight_status insight_save(insight_selector selector, const char *path, insight_error *error);

/* The selector that was saved to a file. */
insight_status insight_load(const char *path, insight_selector *selector, insight_error *error);

/* ---- Choosing ---- */

/* Chooses and reserves `count` prompts, each for `rollouts` rollouts (0: the configured K), or as many as the
 * configuration's allocation gives it. picks[count] */
insight_status insight_select(insight_selector selector, int64_t count, int64_t rollouts,
                              insight_pick *picks, insight_error *error);

/* Chooses `count` prompts and gives the i-th best rollouts[i] rollouts. rollouts[count], picks[count] */
insight_status insight_select_each(insight_selector selector, const int64_t *rollouts, int64_t count,
                                   insight_pick *picks, insight_error *error);

/* The picks that are neither reported nor abandoned, by ticket. Fills at most `capacity` of picks and says in `count` how
 * many there are. */
insight_status insight_pending(insight_selector selector, insight_pick *picks, int64_t capacity,
                               int64_t *count, insight_error *error);

/* ---- Learning ---- */

/* Learns from the outcomes of `count` picks, from all or, where one cannot be, from none.
 *
 * tickets         [count]
 * outcomes        those of pick i are outcomes[offsets[i] ..< offsets[i + 1]]: each in [0, 1], NaN for a rollout without
 *                 one. Verified outcomes, no shaped scores.
 * offsets         [count + 1]
 * policy_version  the version that made the rollouts, such as the training step; -1 for none
 * recorded        [count] 1 where it was learned from, 0 where its ticket was settled before; may be NULL */
insight_status insight_report(insight_selector selector, const uint64_t *tickets, int64_t count,
                              const double *outcomes, const int64_t *offsets,
                              int64_t policy_version, uint8_t *recorded,
                              insight_error *error);

/* Learns from rollouts of the prompt at `position` that no pick asked for. outcomes[count] */
insight_status insight_observe(insight_selector selector, int64_t position, const double *outcomes,
                               int64_t count, int64_t policy_version, insight_error *error);

/* Frees picks that will not be reported; settled ones stay settled. An unknown ticket is an error that frees none.
 * tickets[count] */
insight_status insight_abandon(insight_selector selector, const uint64_t *tickets, int64_t count,
                               insight_error *error);

/* Starts the prompt at `position` off with offline rollouts, each of which counts `weight` in [0, 1]. */
insight_status insight_prime(insight_selector selector, int64_t position, double successes, double rollouts,
                             double weight, insight_error *error);

/* Gives two reference models' pass rates of the prompt at `position`, for implicit evidence as in BOTS. */
insight_status insight_set_reference_rates(insight_selector selector, int64_t position, double weak, double strong,
                                           insight_error *error);

/* ---- Looking ---- */

/* Beliefs as of the newest policy version.
 *
 * positions      [count]; NULL for the whole pool, whose size `count` must then be
 * alpha, beta    [count]
 * score          [count] what the method would score now, the mean over its draws where it draws; may be NULL
 * last_visit     [count] the policy version of the last report, -1 for none; may be NULL */
insight_status insight_beliefs(insight_selector selector, const int64_t *positions, int64_t count,
                               double *alpha, double *beta,
                               double *score, int64_t *last_visit,
                               insight_error *error);

/* Where the prompts called `ids` are in the pool; -1 for one that is not. positions[ids.count] */
insight_status insight_positions(insight_selector selector, const insight_strings *ids,
                                 int64_t *positions, insight_error *error);

/* The ids of prompts, end to end in `ids`, with where each starts in `offsets`.
 *
 * positions  [count]; NULL for the whole pool, whose size `count` must then be
 * offsets    [count + 1] */
insight_status insight_ids(insight_selector selector, const int64_t *positions, int64_t count,
                           insight_bytes *ids, int64_t *offsets, insight_error *error);

/* Every value of the configuration, the defaults too, as JSON. */
insight_status insight_configuration(insight_selector selector, insight_bytes *json,
                                     insight_error *error);

/* Sums over all reports, and the pool as it stands. Reads the whole pool's beliefs where `starved_after` is 0 or more;
 * with -1 the fields from belief_mean on are NaN, and the call costs next to nothing. */
insight_status insight_get_metrics(insight_selector selector, int64_t starved_after, insight_metrics *metrics,
                                   insight_error *error);

#ifdef __cplusplus
}
#endif

#endif
