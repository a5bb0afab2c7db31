/* InSight's selection engine, for programs in other languages.
 *
 *     insight_selector selector;
 *     insight_error error;
 *     if (insight_create(&ids, NULL, NULL, "{\"method\": \"insight\"}", 7, &selector, &error) != INSIGHT_OK)
 *       fail(error.message);
 *     insight_pick picks[256];
 *     insight_select(selector, 256, 0, picks, &error);          picks[i].position is an index into ids
 *     ... roll out picks[i].rollouts answers, verify them ...
 *     insight_report(selector, tickets, 256, outcomes, offsets, step, NULL, NULL, &error);
 *     insight_destroy(selector, &error);
 *
 * These rules hold for every function:
 *
 *   - It returns INSIGHT_OK, or it fills `error` with a sentence that says what was wrong and what to do.
 *     `error` may be NULL. A call that fails leaves the selector as it was, and leaves the caller's buffers
 *     as they were unless the function's comment says otherwise.
 *   - Nothing prints, exits, aborts or unwinds into the caller. No signal handler is installed, no thread
 *     started.
 *   - Any number of threads may call. Calls on one selector run one after another.
 *   - A selector belongs to the process that made it. A forked child's copy would drift apart from the
 *     original without anyone noticing, so calls on it there fail with INSIGHT_FORKED; insight_destroy frees
 *     it. A forked child may make selectors itself.
 *   - The same configuration, seed and calls give the same picks, on any machine.
 *   - Strings are UTF-8. A string whose length is given needs no final 0. An array may be NULL if its count
 *     is 0.
 *   - On Linux the library stays in memory once loaded: dlclose does not unload it.
 *
 * Some settings of a configuration describe what the caller does, because the engine rolls nothing out
 * itself:
 *
 *   - `filter`: the caller drops groups whose outcomes are all equal, reports them too, and selects more
 *     prompts in their place. The methods dynamic-sampling, greso, speed-rl and pilot-commit set it.
 *   - `varianceFilter`, which is the setting `filter` of the kind `variance`: the caller trains on the fewest
 *     groups that hold a share of the batch's reward variance, reports all of them, and selects no more. The
 *     method ragen-top-p sets it.
 *   - `allocation`: picks differ in `rollouts`, and the caller makes as many rollouts as each pick says.
 *   - `stages`: the caller reports a pick's group by insight_report_stage, and makes as many rollouts more as
 *     that says. The methods speed-rl, pilot-commit and reinforce-ada set it.
 *
 * A caller that does not do one of these must refuse a selector that needs it; otherwise a method runs that
 * is not the one that was asked for. insight_needs names the settings of a selector, insight_methods those of
 * each method.
 */
#ifndef INSIGHT_H
#define INSIGHT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these declarations. Compare it with insight_abi_version() before any other call: a library
 * of another version must not be called.
 *
 * Version 2 renamed `score` to `acquisition` and `groups_with_signal` to `mixed_groups`, and added
 * insight_needs. Version 3 added insight_report_stage. */
#define INSIGHT_ABI_VERSION 3

/* The result of a call. */
typedef int32_t insight_status;
enum {
  INSIGHT_OK = 0,
  /* A required pointer is NULL, a count is negative, offsets do not ascend, or a text is not valid UTF-8. */
  INSIGHT_INVALID_ARGUMENT = 1,
  /* No selector has this number, or the selector was destroyed. */
  INSIGHT_UNKNOWN_SELECTOR = 2,
  /* The selector was made before this process was forked. */
  INSIGHT_FORKED = 3,
  /* The configuration is not valid JSON, has an unknown key, or has a value out of range. */
  INSIGHT_CONFIGURATION = 4,
  /* The pool is empty, an id is empty or appears twice, or the domains do not match the ids. */
  INSIGHT_POOL = 5,
  /* More prompts were asked for than are free, or K is out of range. */
  INSIGHT_SELECTION = 6,
  /* A ticket or prompt is unknown, an outcome is outside [0, 1], there are too many outcomes, or not those of
   * an earlier stage, or the policy version is missing or out of range. */
  INSIGHT_REPORT = 7,
  /* A snapshot is damaged or has another format, or its file cannot be read or written. */
  INSIGHT_SNAPSHOT = 8
};

/* What was wrong: a status and a sentence. A longer sentence is cut off after a whole character. */
typedef struct insight_error {
  insight_status status;
  char message[2044];
} insight_error;

/* Names a selector. Numbers are never used twice, so a destroyed selector is recognised. No selector is 0. */
typedef uint64_t insight_selector;

/* `count` strings end to end: string i is bytes[offsets[i] ..< offsets[i + 1]]. offsets[count + 1] */
typedef struct insight_strings {
  const char *bytes;
  const int64_t *offsets;
  int64_t count;
} insight_strings;

/* Bytes that the library allocated. Free them with insight_bytes_free. */
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
  /* The rollouts to make: K, or those of the first stage. A pending pick says how many were asked for. */
  int64_t rollouts;
  /* The acquisition that the prompt was chosen by; NaN in picks from insight_pending. */
  double acquisition;
  /* The belief Beta(alpha, beta) about the prompt's success rate. */
  double alpha;
  double beta;
} insight_pick;

/* Sums over all reports so far, and the pool as it stands. The rate over a stretch of training is the
 * difference of two sums. */
typedef struct insight_metrics {
  /* Groups with at least one outcome. */
  int64_t groups;
  /* Those with two outcomes that differ, and the sum of the chances that beliefs gave to that beforehand. */
  int64_t mixed_groups;
  double predicted_mixed;
  /* The number of outcomes, their sum, the sum of the means predicted for them, and the sum of the squared
   * differences between both. */
  double rollouts;
  double successes;
  double predicted_successes;
  double squared_error;
  /* Rollouts reported without an outcome. */
  int64_t missing;
  /* Prompts in the pool, and how many of them are free, pending, and set aside as solved. */
  int64_t prompts;
  int64_t available;
  int64_t pending;
  int64_t solved;
  /* The newest policy version reported on. */
  int64_t policy_version;
  /* Means over the pool: of the beliefs' mean, and of their evidence alpha + beta in rollouts. */
  double belief_mean;
  double belief_evidence;
  /* Shares of the pool: prompts without any report, and prompts without one for more than the given number of
   * versions. */
  double unvisited_share;
  double starved_share;
} insight_metrics;

/* Returns the library's INSIGHT_ABI_VERSION. */
uint32_t insight_abi_version(void);

/* Lists the methods that a configuration can name, as a JSON array of {"name", "summary", "source", "needs"}.
 *
 * `needs` lists the settings that the method sets and that the caller must act on, such as ["filter"]. */
insight_status insight_methods(insight_bytes *json, insight_error *error);

/* Frees bytes that the library allocated, and leaves an empty value. */
void insight_bytes_free(insight_bytes *bytes);

/* ---- Making, saving, ending ---- */

/* Makes a selector of the prompts called `ids`, which are distinct and not empty.
 *
 * domains        [ids.count] each prompt's domain as an index into domain_names; NULL for no domains. The
 *                recommended method learns from domains how difficult unseen prompts are. Domains divide a
 *                batch only where the configuration has rules for them.
 * configuration  a JSON object such as {"method": "mopps", "rollouts": 16}; NULL for the recommended method.
 *                Every key may be left out. Unknown keys are refused.
 * seed           decides every draw */
insight_status insight_create(const insight_strings *ids, const int32_t *domains,
                              const insight_strings *domain_names,
                              const char *configuration, uint64_t seed, insight_selector *selector,
                              insight_error *error);

/* Ends a selector. Its number is unknown from then on. */
insight_status insight_destroy(insight_selector selector, insight_error *error);

/* Makes a second selector with the same state, for example to branch an experiment. */
insight_status insight_copy(insight_selector selector, insight_selector *copy, insight_error *error);

/* Takes a snapshot of the whole state, with pending picks and generators. A restored selector makes the same
 * picks as the original would. */
insight_status insight_snapshot(insight_selector selector, insight_bytes *snapshot,
                                insight_error *error);

/* Makes a selector from a snapshot. */
insight_status insight_restore(const uint8_t *snapshot, int64_t count, insight_selector *selector,
                               insight_error *error);

/* Saves a snapshot to a file. The file is complete or unchanged, also if the process is killed. */
insight_status insight_save(insight_selector selector, const char *path, insight_error *error);

/* Makes a selector from a file that insight_save wrote. */
insight_status insight_load(const char *path, insight_selector *selector, insight_error *error);

/* ---- Choosing ---- */

/* Chooses and reserves `count` prompts. Each gets `rollouts` rollouts; with 0 it gets the configured K, or as
 * many as the configuration's allocation gives it. picks[count] */
insight_status insight_select(insight_selector selector, int64_t count, int64_t rollouts,
                              insight_pick *picks, insight_error *error);

/* Chooses `count` prompts and gives the i-th best rollouts[i] rollouts. rollouts[count], picks[count] */
insight_status insight_select_each(insight_selector selector, const int64_t *rollouts, int64_t count,
                                   insight_pick *picks, insight_error *error);

/* Lists the picks that are neither reported nor abandoned, in the order of their tickets. Fills at most
 * `capacity` of picks, and sets `count` to the number of pending picks. */
insight_status insight_pending(insight_selector selector, insight_pick *picks, int64_t capacity,
                               int64_t *count, insight_error *error);

/* ---- Learning ---- */

/* Learns from the outcomes of `count` picks. If one of them cannot be learned from, none is.
 *
 * tickets         [count]
 * outcomes        those of pick i are outcomes[offsets[i] ..< offsets[i + 1]]: each in [0, 1], NaN for a
 *                 rollout without an outcome. Beliefs learn from verified outcomes, not from shaped rewards.
 * offsets         [count + 1]
 * policy_version  the version that made the rollouts, such as the training step; -1 for none
 * recorded        [count] 1 for a pick that was learned from, 0 for one settled before; may be NULL
 * baselines       [offsets[count]] what the belief before the group and the group's other outcomes expect of
 *                 each outcome, as the configuration's `baseline` says; NaN for a missing outcome and for a
 *                 pick that was settled before. The advantage is an outcome less its baseline; may be NULL */
insight_status insight_report(insight_selector selector, const uint64_t *tickets, int64_t count,
                              const double *outcomes, const int64_t *offsets,
                              int64_t policy_version, uint8_t *recorded, double *baselines,
                              insight_error *error);

/* Learns from the outcomes that a pick's group has so far, and says how many rollouts more of the same prompt
 * to make. For a configuration with `stages`; without, a group is complete with the pick's rollouts.
 *
 * A pick is pending until its group is complete. The same outcomes again get the same answer and are not
 * learned twice. insight_report ends a group with what it has, and insight_abandon keeps what was learned.
 *
 * outcomes        [count] all of the group so far, in the order of the rollouts, as in insight_report
 * policy_version  the version that made the newest rollouts; -1 for none
 * settling        0 keeps a complete group pending, for insight_report to settle and to give its baselines;
 *                 any other value settles it
 * more            0 if the group is complete. With fewer outcomes than were asked for it is how many are
 *                 missing, and nothing is learned */
insight_status insight_report_stage(insight_selector selector, uint64_t ticket, const double *outcomes,
                                    int64_t count, int64_t policy_version, uint8_t settling, int64_t *more,
                                    insight_error *error);

/* Learns from rollouts of the prompt at `position` that no pick asked for. outcomes[count] */
insight_status insight_observe(insight_selector selector, int64_t position, const double *outcomes,
                               int64_t count, int64_t policy_version, insight_error *error);

/* Frees picks that will not be reported. Settled picks stay settled. If a ticket is unknown, no pick is
 * freed. tickets[count] */
insight_status insight_abandon(insight_selector selector, const uint64_t *tickets, int64_t count,
                               insight_error *error);

/* Starts the prompt at `position` with the successes of offline rollouts. Each offline rollout counts
 * `weight`, in [0, 1]. */
insight_status insight_prime(insight_selector selector, int64_t position, double successes, double rollouts,
                             double weight, insight_error *error);

/* Gives two reference models' pass rates of the prompt at `position`, for implicit evidence as in BOTS. */
insight_status insight_set_reference_rates(insight_selector selector, int64_t position, double weak,
                                           double strong, insight_error *error);

/* ---- Looking ---- */

/* Reads beliefs as of the newest policy version.
 *
 * positions      [count]; NULL for the whole pool, and `count` is then the pool's size
 * alpha, beta    [count]
 * acquisition    [count] what the method would choose each prompt by now; the mean over its draws if it
 *                draws. May be NULL
 * last_visit     [count] the policy version of the last report, -1 for none; may be NULL */
insight_status insight_beliefs(insight_selector selector, const int64_t *positions, int64_t count,
                               double *alpha, double *beta,
                               double *acquisition, int64_t *last_visit,
                               insight_error *error);

/* Finds the positions of the prompts called `ids`; -1 for an id that the pool does not have.
 * positions[ids.count] */
insight_status insight_positions(insight_selector selector, const insight_strings *ids,
                                 int64_t *positions, insight_error *error);

/* Reads the ids of prompts, end to end in `ids`; id i is bytes[offsets[i] ..< offsets[i + 1]].
 *
 * positions  [count]; NULL for the whole pool, and `count` is then the pool's size
 * offsets    [count + 1] */
insight_status insight_ids(insight_selector selector, const int64_t *positions, int64_t count,
                           insight_bytes *ids, int64_t *offsets, insight_error *error);

/* Writes every value of the configuration, including the defaults, as JSON. */
insight_status insight_configuration(insight_selector selector, insight_bytes *json,
                                     insight_error *error);

/* Lists the settings of this selector that the caller must act on, as a JSON array: "filter" or
 * "varianceFilter", "allocation", "stages", or none. */
insight_status insight_needs(insight_selector selector, insight_bytes *json, insight_error *error);

/* Reads sums over all reports and the pool as it stands. With `starved_after` of 0 or more the call reads the
 * whole pool's beliefs. With -1 it costs next to nothing, and the fields from belief_mean on are NaN. */
insight_status insight_get_metrics(insight_selector selector, int64_t starved_after, insight_metrics *metrics,
                                   insight_error *error);

#ifdef __cplusplus
}
#endif

#endif
