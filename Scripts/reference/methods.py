"""Writes what each method must believe and score after a recorded history, apart from the Swift code.

Each method is its published formula and nothing else: no laziness, every prompt at every step.

Usage, with numpy, scipy and mpmath:
    python3 Scripts/reference/methods.py record       writes history.jsonl and prompts.jsonl
    python3 Scripts/reference/methods.py expect       reads them and writes methods.json (10 seconds)
    python3 Scripts/reference/methods.py advantages   prints the advantages of methods.json
    python3 Scripts/reference/methods.py allocations  prints the allocations of methods.json
"""

import functools
import itertools
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import history
import information
import numpy as np
from groups import filters, token_advantages
from history import ROLLOUTS, History
from mpmath import mp, mpf
from numpy.typing import NDArray
from rollouts import advantages, allocations, baselines, number
from scipy import integrate, special

FOLDER = Path(__file__).parents[2] / "Tests/InsightTests/Resources"
SEED = 20260301
PRIOR = 1.0
COUNTS = [64, 256]
# The power of the chance of a mixed group in the score of `recommended`.
GAMMA = 2

Vector = NDArray[np.float64]
Beliefs = tuple[Vector, Vector]
Section = dict[str, Any]


# Dynamics: the beliefs (α, β) of all prompts after the history.


def on_visit(discount: float, past: History) -> Beliefs:
    """Discounts a prompt's evidence when it is visited: α ← λα + (1−λ)α₀ + S and β likewise with F."""
    alpha, beta = np.full((2, len(past.pool)), PRIOR)
    for groups in past.steps:
        for group in groups:
            i = group.position
            alpha[i] = discount * alpha[i] + (1 - discount) * PRIOR + group.successes
            beta[i] = discount * beta[i] + (1 - discount) * PRIOR + group.failures
    return alpha, beta


def elapsed(discount: float, past: History) -> Beliefs:
    """Discounts every prompt's evidence at every step; the visited ones add S and F."""
    alpha, beta = np.full((2, len(past.pool)), PRIOR)
    for groups in past.steps:
        alpha = discount * alpha + (1 - discount) * PRIOR
        beta = discount * beta + (1 - discount) * PRIOR
        for group in groups:
            alpha[group.position] += group.successes
            beta[group.position] += group.failures
    return alpha, beta


def capabilities(past: History) -> list[float]:
    """The policy's place c between the weak (0) and the strong (1) reference model, after each step."""
    track: list[float] = []
    for groups in past.steps:
        rate = np.mean([group.rate for group in groups])
        weak = np.mean([past.pool[group.position].weak for group in groups])
        strong = np.mean([past.pool[group.position].strong for group in groups])
        estimate = float((rate - weak) / (strong - weak + 1e-6))
        track.append(0.9 * track[-1] + 0.1 * estimate if track else estimate)
    return track


def with_references(past: History) -> Beliefs:
    """BOTS with implicit evidence (arXiv 2510.26374): forgetting 0.1, ρ = 0.1, m = 16 pseudo-rollouts."""
    forgetting, rho, m = 0.1, 0.1, 16
    weak = np.array([prompt.weak for prompt in past.pool])
    strong = np.array([prompt.strong for prompt in past.pool])
    alpha, beta = np.full((2, len(past.pool)), PRIOR)
    for groups, capability in zip(past.steps, capabilities(past), strict=True):
        rates = np.clip(weak + capability * (strong - weak), 0, 1)
        successes, failures = np.zeros((2, len(past.pool)))
        for group in groups:
            successes[group.position] = group.successes
            failures[group.position] = group.failures
            rates[group.position] = group.rate
        alpha = (1 - forgetting) * alpha + forgetting * PRIOR + (1 - rho) * successes + rho * m * rates
        beta = (1 - forgetting) * beta + forgetting * PRIOR + (1 - rho) * failures + rho * m * (1 - rates)
    return alpha, beta


class Stratum:
    """What the prompts of a stratum share: a level b that their mean log-odds began at, and a progress c.

    (b, c) is followed by a Kalman filter with covariance P, version v; E / D estimates how alike a prompt's
    rollouts are, apart from what b and c explain. The share `dead` of its prompts never succeeds.
    """

    def __init__(self) -> None:
        """The state before any group."""
        self.level = 0.0  # ln α₀/β₀
        self.progress = 0.0
        self.covariance = np.array([[4.0, 0.0], [0.0, 0.0]])
        self.version: int | None = None  # the progress is 0 at the first group
        self.excess = 0.0
        self.pairs = 0.0
        self.dead = 0.05
        # By prompt: the chance of its failures, were it alive, and the chance to be dead that it was last
        # counted with. Prompts with a success are alive.
        self.failing: dict[int, float] = {}
        self.counted: dict[int, float] = {}
        self.alive: set[int] = set()

    def prior(self) -> tuple[float, float]:
        """The belief about a prompt that was never visited."""
        correlation = (self.excess + 140 / (1 + PRIOR + PRIOR)) / (self.pairs + 140)
        evidence = 1 / bounded(correlation, 0.05, 0.8) - 1
        mean = bounded(1 / (1 + math.exp(-(self.level + self.progress))), 0.002, 0.998)
        return evidence * mean, evidence * (1 - mean)

    def moved(self, a: float, b: float, since: float) -> tuple[float, float]:
        """A belief stored at the progress `since`, its log-odds moved by the progress made from there on."""
        if self.progress == since:
            return a, b
        odds = a / b * math.exp(self.progress - since)
        mean = bounded(odds / (1 + odds), 1e-4, 1 - 1e-4)
        return (a + b) * mean, (a + b) * (1 - mean)

    def dead_chance(self, i: int) -> float:
        """The chance that the prompt is dead, by Bayes' rule."""
        if i in self.alive:
            return 0.0
        return self.dead / (self.dead + (1 - self.dead) * self.failing.get(i, 1.0))

    def mixture(self, i: int, a: float, b: float) -> tuple[float, float]:
        """The Beta with the mean and the E[p(1 − p)] of the mixture of Beta(a, b) and a dead prompt."""
        alive = 1 - self.dead_chance(i)
        if alive == 1:
            return a, b
        mean = alive * a / (a + b)
        share = alive * a * b / ((a + b) * (a + b + 1)) / (mean * (1 - mean))
        evidence = share / (1 - share)
        return evidence * mean, evidence * (1 - mean)

    def count(self, group: history.Group, belief: tuple[float, float]) -> None:
        """Updates the chance that the group's prompt is dead, and the share of dead prompts."""
        i = group.position
        if group.successes > 0:
            self.alive.add(i)
        elif i not in self.alive:
            chance = 1.0
            for j in range(int(group.failures)):
                chance *= (belief[1] + j) / (sum(belief) + j)
            failing = np.float32(self.failing.get(i, 1.0)) * np.float32(chance)
            self.failing[i] = float(max(failing, np.float32(0.02)))
        self.counted[i] = float(np.float32(self.dead_chance(i)))
        self.dead = (20 * 0.05 + sum(self.counted.values())) / (20 + len(self.counted))

    def learn(self, group: history.Group, step: int, belief: tuple[float, float], *, first: bool) -> None:
        """Updates the state with a group of a prompt of which this was the belief."""
        newest = step if self.version is None else self.version
        self.covariance[1, 1] = min(self.covariance[1, 1] + 5e-4 * max(0, step - newest), 100)
        self.version = max(newest, step)
        evidence = sum(belief)
        rollouts = group.successes + group.failures
        p = bounded(belief[0] / evidence, 1e-4, 1 - 1e-4)
        dead = self.dead_chance(group.position)
        variance = (1 - dead) * rollouts * p * (1 - p)
        lottery = dead * (1 - dead) * (rollouts * p) ** 2
        residual = group.successes - (1 - dead) * rollouts * p
        slope = np.array([variance if first else 0.0, variance])
        gain = self.covariance @ slope
        explained = float(slope @ gain)
        if first:
            self.excess = 0.995 * self.excess + residual**2 - explained - variance - lottery
            self.pairs = 0.995 * self.pairs + variance * max(0, rollouts - 1)
        total = explained + lottery + variance * (evidence + rollouts) / (evidence + 1)
        self.level = bounded(self.level + float(gain[0]) * residual / total, -20, 20)
        self.progress = bounded(self.progress + float(gain[1]) * residual / total, -20, 20)
        self.covariance -= np.outer(gain, gain) / total
        np.fill_diagonal(self.covariance, np.maximum(self.covariance.diagonal(), 0))


def bounded(x: float, low: float, high: float) -> float:
    """X, or the bound that it is beyond."""
    return min(max(x, low), high)


def population(count: int, past: History) -> Beliefs:
    """Beliefs that move with the progress of their stratum, of which the prompt at i has number i mod count.

    A visit with K rollouts draws the belief to the prior that the stratum has after it, by 1 − 0.917ᴷ of the
    way, then adds S and F. What is returned takes account of the chance that a prompt is dead.
    """
    strata = [Stratum() for _ in range(count)]
    # Per prompt visited: α, β and the progress that its stratum had then, in single precision.
    stored: dict[int, tuple[float, float, float]] = {}

    def belief(i: int) -> tuple[float, float]:
        stratum = strata[i % count]
        return stratum.moved(*stored[i]) if i in stored else stratum.prior()

    for step, groups in enumerate(past.steps, start=1):
        for group in groups:
            i = group.position
            stratum = strata[i % count]
            a, b = belief(i)
            stratum.learn(group, step, (a, b), first=i not in stored)
            stratum.count(group, (a, b))
            discount = 0.917 ** round(group.successes + group.failures)
            to_a, to_b = stratum.prior()
            a = discount * a + (1 - discount) * to_a + group.successes
            b = discount * b + (1 - discount) * to_b + group.failures
            stored[i] = a, b, stratum.progress
    mixtures = [strata[i % count].mixture(i, *belief(i)) for i in range(len(past.pool))]
    alpha, beta = np.array(mixtures).T
    return alpha, beta


DYNAMICS: dict[str, Callable[[History], Beliefs]] = {
    "onVisit-1": functools.partial(on_visit, 1.0),
    "onVisit-0.8": functools.partial(on_visit, 0.8),
    "onVisit-0.5": functools.partial(on_visit, 0.5),
    "elapsed-0.9": functools.partial(elapsed, 0.9),
    "references": with_references,
    "recommended": functools.partial(population, 1),
    "recommended-strata": functools.partial(population, 3),
}


# Scores of a belief Beta(a, b) for K rollouts.


def weight(a: float, b: float, eta: float = 3.0, mu: float = 0.3) -> float:
    """InSight's weight of the mean, φ̄(1−φ̄)·exp(−η(φ̄−μ)²) (arXiv 2603.01907, Eq. 15)."""
    mean = a / (a + b)
    return mean * (1 - mean) * math.exp(-eta * (mean - mu) ** 2)


@functools.cache
def mutual_information(a: float, b: float) -> float:
    """I of K outcomes and the success rate, in nats (arXiv 2603.01907, Eq. 13)."""
    return float(information.information(ROLLOUTS, mpf(a), mpf(b)))


def insight(a: float, b: float, eta: float = 3.0, mu: float = 0.3) -> float:
    """InSight: w(φ̄)·I (arXiv 2603.01907, Eq. 16)."""
    return weight(a, b, eta, mu) * mutual_information(a, b)


def insight_drawn(a: float, b: float) -> float:
    """InSight with a drawn rate in its weight: I·E[w(φ)]."""

    def integrand(x: float) -> float:
        density = math.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))
        return x * (1 - x) * math.exp(-3 * (x - 0.3) ** 2) * density

    mean, deviation = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
    inner = [mean + z * deviation for z in (-8, -3, 0, 3, 8)]
    edges = [0.0, *(x for x in inner if 0 < x < 1), 1.0]
    parts = [
        integrate.quad(integrand, low, high, epsabs=1e-16, epsrel=1e-13, limit=200)[0]
        for low, high in itertools.pairwise(edges)
    ]
    return math.fsum(parts) * mutual_information(a, b)


def mopps(a: float, b: float) -> float:
    """MoPPS and BOTS: −|φ̂−½| of a draw φ̂, here expected (arXiv 2507.04632, 2510.26374)."""
    c, mean = 0.5, a / (a + b)
    below, below_weighted = special.betainc(a, b, c), special.betainc(a + 1, b, c)
    return -float(c * (2 * below - 1) + mean * (1 - 2 * below_weighted))


def inverse_evidence(a: float, b: float) -> float:
    """The least evidence first: −(α+β)."""
    return -(a + b)


def expected_difficulty(a: float, b: float) -> float:
    """The mean nearest one half first: −|φ̄−½|."""
    return -abs(a / (a + b) - 0.5)


def uniform(a: float, b: float) -> float:
    """Random, Dynamic Sampling, RAGEN's filter and the methods in stages: all prompts alike."""
    return 0.0


def mapp_ps(a: float, b: float) -> float:
    """MaPP-PS: the predictive chance of a mixed group, 1 − B(α+K,β)/B(α,β) − B(α,β+K)/B(α,β)."""
    all_right = math.prod((a + k) / (a + b + k) for k in range(ROLLOUTS))
    all_wrong = math.prod((b + k) / (a + b + k) for k in range(ROLLOUTS))
    return 1 - all_right - all_wrong


def recommended(a: float, b: float) -> float:
    """The predictive chance of a mixed group, to a power."""
    return mapp_ps(a, b) ** GAMMA


def learnability(a: float, b: float) -> float:
    """Learnability: φ̄(1−φ̄)."""
    mean = a / (a + b)
    return mean * (1 - mean)


def expected_signal(a: float, b: float) -> float:
    """The chance of a mixed group at the mean: 1 − φ̄ᴷ − (1−φ̄)ᴷ."""
    mean = a / (a + b)
    return 1 - mean**ROLLOUTS - (1 - mean) ** ROLLOUTS


def dare(a: float, b: float, kappa: float = 100.0) -> float:
    """DARE: the density of Beta(1+κ/2, 1+κ/2) at the mean, over its largest value (arXiv 2605.09188)."""
    shape = 1 + kappa / 2

    def log_density(x: float) -> float:
        return float(special.xlogy(shape - 1, x) + special.xlog1py(shape - 1, -x))

    return math.exp(log_density(a / (a + b)) - log_density(0.5))


def spo(a: float, b: float) -> float:
    """SPO: √(φ̄(1−φ̄)) + 0.05."""
    return math.sqrt(learnability(a, b)) + 0.05


@dataclass(frozen=True)
class Method:
    """A method on beliefs: its dynamics, what is done with its score, and its score."""

    dynamics: str
    rule: str
    score: Callable[[float, float], float]


METHODS = {
    "insight": Method("onVisit-1", "top", insight),
    "insight-discounted": Method("onVisit-0.8", "top", functools.partial(insight, eta=1.0, mu=0.5)),
    "insight-elapsed": Method("elapsed-0.9", "top", insight),
    "information-alone": Method("onVisit-1", "top", mutual_information),
    "weight-alone": Method("onVisit-1", "top", weight),
    "insight-drawn": Method("onVisit-1", "draw", insight_drawn),
    "mopps": Method("onVisit-0.5", "draw", mopps),
    "inverse-evidence": Method("onVisit-1", "top", inverse_evidence),
    "expected-difficulty": Method("onVisit-1", "top", expected_difficulty),
    "random": Method("onVisit-1", "top", uniform),
    "dynamic-sampling": Method("onVisit-1", "top", uniform),
    "ragen-top-p": Method("onVisit-1", "top", uniform),
    "dare": Method("onVisit-0.5", "proportional", dare),
    # What these three do after the choice is in stages.py.
    "speed-rl": Method("onVisit-1", "top", uniform),
    "pilot-commit": Method("onVisit-1", "top", uniform),
    "reinforce-ada": Method("onVisit-1", "top", uniform),
    "mapp-ps": Method("onVisit-0.5", "proportional", mapp_ps),
    "learnability": Method("onVisit-1", "top", learnability),
    "expected-signal": Method("onVisit-1", "top", expected_signal),
    "spo": Method("onVisit-1", "proportional", spo),
    "bots": Method("elapsed-0.9", "draw", mopps),
    "bots-references": Method("references", "draw", mopps),
    "recommended": Method("recommended", "proportional", recommended),
    "recommended-strata": Method("recommended-strata", "proportional", recommended),
}


# Methods with a state beside beliefs.


def dps(past: History) -> Section:
    """DPS (arXiv 2603.10887): a hidden Markov chain none / some / all per prompt, learned online.

    Counts are [prompt][to][from]; `before` is the state at the last step, `predicted` the one expected next.
    """
    discount, prior = 0.5, np.ones((3, 3))
    counts = np.ones((len(past.pool), 3, 3))
    before = np.full((len(past.pool), 3), 1 / 3)
    predicted = np.full((len(past.pool), 3), 1 / 3)
    for groups in past.steps:
        visits = {group.position: group for group in groups}
        for i in range(len(past.pool)):
            now, new = predicted[i], np.zeros((3, 3))
            if i in visits:
                group = visits[i]
                now = np.eye(3)[0 if group.successes == 0 else 2 if group.failures == 0 else 1]
                joint = np.outer(now, before[i]) * (counts[i] / counts[i].sum(axis=0))
                new = joint / joint.sum()
            counts[i] = discount * counts[i] + (1 - discount) * prior + new
            before[i] = now
            future = (counts[i] / counts[i].sum(axis=0)) @ now
            predicted[i] = future / future.sum()
    state = {"predicted": [[number(p) for p in row] for row in predicted]}
    return {"rule": "top", "state": state} | scored(predicted[:, 1].tolist(), "top")


def greso(past: History) -> Section:
    """GRESO (arXiv 2506.02177): the chance to keep a prompt falls with its run of easy or hard visits.

    As in the authors' code a group is easy from a mean of 0.98 on and hard up to 0.11.
    """
    runs, kinds = [0] * len(past.pool), [0] * len(past.pool)
    mixed, easy, hard = 0, 1, 2
    keep = {mixed: 1.0, easy: 0.5, hard: 0.5}
    targets = {easy: 0.25 / 3, hard: 0.25 * 2 / 3}
    for groups in past.steps:
        for group in groups:
            mean = np.mean(group.outcomes)
            kind = easy if mean >= 0.98 else hard if mean <= 0.11 else mixed
            runs[group.position] = 0 if kind == mixed else runs[group.position] + 1
            kinds[group.position] = kind
        latest = [kinds[group.position] for group in groups]
        for kind, target in targets.items():
            share = latest.count(kind) / len(groups)
            assert abs(share - target) > 1e-9, "a share on its target would be decided by rounding"
            keep[kind] = max(keep[kind] - 0.01, 0.05) if share >= target else min(keep[kind] + 0.01, 0.95)
    score = [1.0 if z == 0 else max(keep[kind] ** z, 0.01) for z, kind in zip(runs, kinds, strict=True)]
    chances = {"easy": number(keep[easy]), "hard": number(keep[hard])}
    state = {"runs": runs, "kinds": kinds} | chances
    return {"rule": "keep", "state": state} | scored(score, "keep")


def prompt_replay(past: History) -> Section:
    """Prompt Replay (arXiv 2603.21177) after a history without replays.

    A prompt is buffered if its last mean is in [1/4, 3/4]. It may be repeated in the next batch, of step s,
    if its last group is of step s - 2 or earlier. The best repeats have the least |mean - 1/2|, then the
    lower mean; half of a batch is repeats. Fresh prompts come by the number of their visits, the least first.
    """
    rates, last, visits = [0.0] * len(past.pool), [0] * len(past.pool), [0] * len(past.pool)
    for step, groups in enumerate(past.steps, start=1):
        for group in groups:
            rates[group.position] = float(np.mean(group.outcomes))
            last[group.position] = step
            visits[group.position] += 1
    buffered = [int(visits[i] > 0 and 0.25 <= rate <= 0.75) for i, rate in enumerate(rates)]
    ready = [i for i in range(len(rates)) if buffered[i] and last[i] <= len(past.steps) + 1 - 2]
    keys = {i: (abs(rates[i] - 0.5), rates[i]) for i in ready}
    replays = []
    for count in COUNTS:
        best = sorted(keys.values())[: count // 2]
        above = [i for i in ready if keys[i] < best[-1]]
        ties = [i for i in ready if keys[i] == best[-1]]
        replays.append({"count": count, "replays": len(best), "above": above, "ties": ties})
    state = {"rates": [number(rate) for rate in rates], "buffered": buffered, "replays": replays}
    return {"rule": "replay", "state": state} | scored([float(-count) for count in visits], "replay")


# The file.


def scored(score: list[float], rule: str) -> Section:
    """The scores and, where the greatest are taken, which these are."""
    section: Section = {"score": [number(x) for x in score]}
    if rule == "top":
        section["top"] = [top(np.array(score), count) for count in COUNTS]
    return section


def top(score: Vector, count: int) -> Section:
    """The positions above the count-th greatest score in single precision, and those equal to it.

    Fails where an error of 1e-11 in a score could change the answer.
    """
    single = score.astype(np.float32)
    threshold = np.sort(single)[-count]
    for sign in (-1, 1):
        disturbed = (score * (1 + sign * 1e-11)).astype(np.float32)
        assert np.array_equal(np.sign(disturbed - threshold), np.sign(single - threshold)), "too close"
    above, ties = np.flatnonzero(single > threshold), np.flatnonzero(single == threshold)
    return {"count": count, "above": above.tolist(), "ties": ties.tolist()}


def expectations(past: History) -> tuple[Section, Section]:
    """The sections `beliefs` by dynamics and `methods` by name."""
    beliefs = {name: dynamics(past) for name, dynamics in DYNAMICS.items()}
    methods: Section = {}
    for name, method in METHODS.items():
        pairs = zip(*(side.tolist() for side in beliefs[method.dynamics]), strict=True)
        score = [method.score(a, b) for a, b in pairs]
        section = {"beliefs": method.dynamics, "rule": method.rule}
        if method.dynamics == "references":
            section["capabilities"] = [number(c) for c in capabilities(past)]
        methods[name] = section | scored(score, method.rule)
    methods |= {"dps": dps(past), "greso": greso(past), "prompt-replay": prompt_replay(past)}
    written = {
        name: {"alpha": [number(x) for x in alpha], "beta": [number(x) for x in beta]}
        for name, (alpha, beta) in beliefs.items()
    }
    return written, methods


HEADER = {
    "script": "Scripts/reference/methods.py expect",
    "seed": SEED,
    "rollouts": ROLLOUTS,
    "prior": [PRIOR, PRIOR],
    "conventions": [
        "Arrays follow prompts.jsonl; states and scores are those after the last step of history.jsonl.",
        "S sums r and F sums 1 - r over outcomes that are not null; a group of nulls does not count as a"
        " visit.",
        "Numbers have 13 significant digits; scores are for 8 rollouts, information in nats.",
        "beliefs: onVisit-L and elapsed-L discount by L; references is BOTS with reference models.",
        "beliefs: recommended has one stratum; recommended-strata has three, a prompt's its position mod 3.",
        "rule top: the greatest scores, compared in single precision; `above` are the positions over the"
        " count-th greatest and `ties` those equal to it.",
        "rule draw: score is the expected value of the score that is drawn.",
        "rule proportional: score is the inclusion weight.",
        "rule keep: score is the chance that the prompt is kept.",
        "dps: predicted is none, some, all.",
        "rule replay: score is minus the visits; `replays` are the prompts that a batch repeats first.",
        "greso: kinds are 0 neither or never visited, 1 easy, 2 hard.",
    ],
}


def check() -> None:
    """Checks formulas against values published or computed by other means."""
    assert abs(mutual_information(1.0, 1.0) - 0.7663902) < 1e-7
    assert abs(mutual_information(3.0, 5.0) - 0.3433790) < 1e-7
    assert abs(insight(1.0, 1.0) - 0.1699) < 5e-5
    assert abs(insight(4.0, 6.0) - 0.0681) < 5e-5
    assert abs(mopps(1.0, 1.0) + 0.25) < 1e-15
    assert abs(mapp_ps(1.0, 1.0) - 7 / 9) < 1e-15
    assert dare(3.0, 3.0) == 1
    assert abs(dare(2.0, 8.0, kappa=2.0) - 0.64) < 1e-15


def lines(section: Section | list[Any]) -> str:
    """A JSON object or array with one member a line."""
    if isinstance(section, dict):
        rows = [f"{json.dumps(key)}:{compact(value)}" for key, value in section.items()]
        return "{\n" + ",\n".join(rows) + "\n}"
    return "[\n" + ",\n".join(compact(value) for value in section) + "\n]"


def compact(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def expect() -> None:
    """Writes methods.json."""
    check()
    beliefs, methods = expectations(history.read(FOLDER))
    sections = {
        "header": HEADER,
        "beliefs": beliefs,
        "methods": methods,
        "advantages": advantages(),
        "baselines": baselines(SEED),
        "allocations": allocations(SEED),
        "filters": filters(SEED),
        "tokenAdvantages": token_advantages(SEED),
    }
    body = ",\n".join(f"{json.dumps(name)}:{lines(section)}" for name, section in sections.items())
    (FOLDER / "methods.json").write_text("{\n" + body + "\n}\n")


def main() -> None:
    """Runs the command named in the arguments."""
    mp.dps = 50
    commands: dict[str, Callable[[], None]] = {
        "record": lambda: history.record(FOLDER, SEED),
        "expect": expect,
        "advantages": lambda: print(lines(advantages())),
        "allocations": lambda: print(lines(allocations(SEED))),
    }
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    FOLDER.mkdir(exist_ok=True)
    commands[sys.argv[1]]()


if __name__ == "__main__":
    main()
