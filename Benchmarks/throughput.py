"""Measures how fast plain Python torch samples and trains the small Qwen3 policy, the Swift trainer's bar.

    python3 Benchmarks/throughput.py --threads 1

Needs torch and nothing else, and runs on the CPU. This is eager torch: no torch.compile, no code outside
Python. Within that, each choice below was the fastest of those tried, or the plainest of those within 2 %;
the comments name the others.

The work is fixed so that two programs can be compared; an end token does not end a completion:

- *generation*: 64 prompts of 9 tokens, 8 rollouts each, 16 tokens each, temperature 1, all 512 rows at once.
  Tokens per second = 64 × 8 × 16 ÷ the time of prompts, decoding and drawing together.
- *training*: one optimizer step on 512 rows of 9 + 16 tokens: GRPO's clipped objective on the 16 completion
  tokens, forward and backward in micro batches, then one AdamW step. Old log-probabilities are given.
  Completion tokens per second = 512 × 16 ÷ time; total tokens per second = 512 × 25 ÷ time.

A figure is the median of repetitions after a warm-up. The cases take turns, so that whatever else the machine
does falls on all of them. On a busy machine read the fastest repetition, and for one thread the rate per
second of processor time, which leaves out the time that other programs had the core. With more threads
than idle cores, set OMP_WAIT_POLICY=passive: threads that spin while they wait take the core from each other,
and generation drops to less than half.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, INTERMEDIATE, VOCABULARY = 128, 4, 4, 2, 32, 384, 115
SHARE = HEADS // KV_HEADS
EPSILON, ROPE_THETA = 1e-6, 10000.0
PROMPTS, ROLLOUTS, PROMPT_TOKENS, NEW_TOKENS = 64, 8, 9, 16
ROWS, ROW_TOKENS = PROMPTS * ROLLOUTS, PROMPT_TOKENS + NEW_TOKENS
CLIP_LOW, CLIP_HIGH = 0.2, 0.2
OPTIMIZER: dict[str, Any] = {"lr": 1e-6, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1}
WARM_UPS, FEWEST_REPETITIONS = 2, 3


def normalize(x: Tensor) -> tuple[Tensor, Tensor]:
    """`x ÷ √(mean(x²) + ε)` over the last dimension, and the factor; in float32, whatever x is."""
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
    factor = norm.square_().div_(x.shape[-1]).add_(EPSILON).rsqrt_()
    return x * factor, factor


class TrainedNorm(torch.autograd.Function):
    """RMSNorm with its backward written out."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        """Returns `weight · x ÷ √(mean(x²) + ε)`; x `[..., D]`, weight `[D]`."""
        y, factor = normalize(x)
        ctx.save_for_backward(y, factor, weight)
        return y * weight

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the gradients of x and weight."""
        y, factor, weight = ctx.saved_tensors
        weight_gradient = (gradient * y).flatten(0, -2).sum(0)
        inner = gradient * weight
        mean = (inner * y).mean(-1, keepdim=True)
        return inner.addcmul_(y, mean, value=-1).mul_(factor), weight_gradient


def rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    """RMSNorm over the last dimension.

    `F.rms_norm` is a chain of operations on the CPU and so is its backward: generation is 6 % slower with it,
    training 8 %.
    """
    if torch.is_grad_enabled():
        return TrainedNorm.apply(x, weight)
    return normalize(x)[0].mul_(weight).to(x.dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding; x `[..., head_dim]`, tables `[..., head_dim ÷ 2]`.

    A written-out backward, and queries and keys rotated together, were within 2 % of this.
    """
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


class Layer(nn.Module):
    """One Qwen3 block.

    Query, key and value as one matrix, and gate and up as one, are slower: what follows then runs over memory
    with gaps, which costs more than the fewer products save (7 % and 3 %).
    """

    def __init__(self) -> None:
        """Random weights, small enough that the policy is nearly uniform."""
        super().__init__()
        self.attention_norm = nn.Parameter(torch.ones(HIDDEN))
        self.query_norm = nn.Parameter(torch.ones(HEAD_DIM))
        self.key_norm = nn.Parameter(torch.ones(HEAD_DIM))
        self.query = nn.Parameter(0.05 * torch.randn(HEADS * HEAD_DIM, HIDDEN))
        self.key = nn.Parameter(0.05 * torch.randn(KV_HEADS * HEAD_DIM, HIDDEN))
        self.value = nn.Parameter(0.05 * torch.randn(KV_HEADS * HEAD_DIM, HIDDEN))
        self.output = nn.Parameter(0.05 * torch.randn(HIDDEN, HEADS * HEAD_DIM))
        self.mlp_norm = nn.Parameter(torch.ones(HIDDEN))
        self.gate = nn.Parameter(0.05 * torch.randn(INTERMEDIATE, HIDDEN))
        self.up = nn.Parameter(0.05 * torch.randn(INTERMEDIATE, HIDDEN))
        self.down = nn.Parameter(0.05 * torch.randn(HIDDEN, INTERMEDIATE))

    def heads(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each `[..., its heads, HEAD_DIM]`, of x `[..., HIDDEN]`."""
        y = rms_norm(x, self.attention_norm)
        q, k, v = (
            F.linear(y, weight).unflatten(-1, (-1, HEAD_DIM)) for weight in (self.query, self.key, self.value)
        )
        return rotate(rms_norm(q, self.query_norm), cos, sin), rotate(rms_norm(k, self.key_norm), cos, sin), v

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """The block's result from its input and its attention `[..., HEADS · HEAD_DIM]`."""
        x = x + F.linear(attended, self.output)
        y = rms_norm(x, self.mlp_norm)
        gate, up = F.linear(y, self.gate), F.linear(y, self.up)
        # In place where no backward needs the values.
        gated = F.silu(gate) * up if torch.is_grad_enabled() else F.silu(gate, inplace=True).mul_(up)
        return x + F.linear(gated, self.down)


class Policy(nn.Module):
    """The Qwen3 decoder with tied embeddings; 0.8 million parameters."""

    def __init__(self) -> None:
        """Random weights and the rotary tables."""
        super().__init__()
        self.embedding = nn.Parameter(0.05 * torch.randn(VOCABULARY, HIDDEN))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.Parameter(torch.ones(HIDDEN))
        frequencies = ROPE_THETA ** -(torch.arange(0, HEAD_DIM, 2) / HEAD_DIM)
        angles = torch.outer(torch.arange(ROW_TOKENS), frequencies)[:, None]
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def logits(self, x: Tensor) -> Tensor:
        """Logits `[..., VOCABULARY]`, float32, of the last layer's x `[..., HIDDEN]`."""
        return F.linear(rms_norm(x, self.norm), self.embedding).float()

    def forward(self, tokens: Tensor, first: int) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Whole rows at once.

        Attention with `enable_gqa` was as fast as hand-written products and faster than repeated keys.

        Args:
            tokens: `[rows][positions]`.
            first: the first position to give logits for.

        Returns:
            Logits `[rows][positions from first][VOCABULARY]`, and each layer's keys and values,
            `[rows][KV_HEADS][positions][HEAD_DIM]`.
        """
        length = tokens.shape[1]
        x = F.embedding(tokens, self.embedding)
        cache = []
        for layer in self.layers:
            heads = layer.heads(x, self.cos[:length], self.sin[:length])
            q, k, v = (part.transpose(1, 2) for part in heads)
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
            x = layer.finish(x, attended.transpose(1, 2).flatten(2))
            cache.append((k, v))
        return self.logits(x[:, first:]), cache


def draw(logits: Tensor) -> Tensor:
    """One token per row of `[rows][VOCABULARY]` at temperature 1.

    Inverts the cumulative distribution: one uniform number per row, where `torch.multinomial` draws an
    exponential one per token and takes twelve times as long.
    """
    cumulative = logits.softmax(-1).cumsum(-1)
    thresholds = torch.rand(len(logits), 1) * cumulative[:, -1:]
    return torch.searchsorted(cumulative, thresholds, right=True).squeeze(1).clamp_(max=VOCABULARY - 1)


@torch.inference_mode()
def generate(policy: Policy, prompts: Tensor, prompt_once: bool) -> tuple[Tensor, Tensor]:
    """Draws `ROLLOUTS` completions of each prompt.

    The cache is allocated once, keys transposed, and attention is two batched products with a group's query
    heads as rows. SDPA over the cache and concatenated caches are 5 % slower; smaller batches, and keeping a
    group's prompt keys only once, gained nothing.

    Args:
        policy: the weights; their type is the type of all arithmetic but drawing.
        prompts: `[prompts][PROMPT_TOKENS]`.
        prompt_once: whether a prompt runs once for its group, or once for every rollout.

    Returns:
        Completions `[prompts · ROLLOUTS][NEW_TOKENS]`, and the logits that the last token was drawn from.
    """
    rows = len(prompts) * ROLLOUTS
    kind = policy.embedding.dtype
    run = prompts if prompt_once else prompts.repeat_interleave(ROLLOUTS, 0)
    copies = ROLLOUTS if prompt_once else 1
    logits, prefix = policy(run, PROMPT_TOKENS - 1)
    logits = logits[:, -1].repeat_interleave(copies, 0)
    caches = []
    for k, v in prefix:
        keys = torch.empty(rows * KV_HEADS, HEAD_DIM, ROW_TOKENS - 1, dtype=kind)
        values = torch.empty(rows * KV_HEADS, ROW_TOKENS - 1, HEAD_DIM, dtype=kind)
        keys[..., :PROMPT_TOKENS] = k.transpose(2, 3).repeat_interleave(copies, 0).flatten(0, 1)
        values[:, :PROMPT_TOKENS] = v.repeat_interleave(copies, 0).flatten(0, 1)
        caches.append((keys, values))

    completions = torch.empty(rows, NEW_TOKENS, dtype=torch.long)
    for step in range(NEW_TOKENS):
        tokens = completions[:, step] = draw(logits)
        if step == NEW_TOKENS - 1:
            break  # nothing is drawn after the last token, so it needs no forward
        position = PROMPT_TOKENS + step
        x = F.embedding(tokens, policy.embedding)
        for layer, (keys, values) in zip(policy.layers, caches, strict=True):
            q, k, v = layer.heads(x, policy.cos[position], policy.sin[position])
            keys[..., position] = k.reshape(-1, HEAD_DIM)
            values[:, position] = v.reshape(-1, HEAD_DIM)
            q = q.reshape(-1, SHARE, HEAD_DIM) * HEAD_DIM**-0.5
            weights = torch.bmm(q, keys[..., : position + 1]).softmax(-1)
            attended = torch.bmm(weights, values[:, : position + 1])
            x = layer.finish(x, attended.view(rows, HEADS * HEAD_DIM))
        logits = policy.logits(x)
    return completions, logits


def log_probabilities(policy: Policy, tokens: Tensor) -> Tensor:
    """Of the completions in `[rows][ROW_TOKENS]`, `[rows][NEW_TOKENS]`, in nats.

    The last token is only a target, so the forward runs without it.
    """
    logits, _ = policy(tokens[:, :-1], PROMPT_TOKENS - 1)
    targets = tokens[:, PROMPT_TOKENS:]
    return -F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view(targets.shape)


def train_step(
    policy: Policy,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor, Tensor],
    micro_batch: int,
    bfloat16: bool,
) -> None:
    """One optimizer step on tokens, old log-probabilities `[rows][NEW_TOKENS]` and advantages `[rows][1]`.

    With `bfloat16` autocast converts products and attention; weights, gradients and optimizer stay float32.
    """
    optimizer.zero_grad(set_to_none=True)
    for tokens, old, advantages in zip(*(part.split(micro_batch) for part in batch), strict=True):
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            ratio = torch.exp(log_probabilities(policy, tokens) - old)
        clipped = ratio.clamp(1 - CLIP_LOW, 1 + CLIP_HIGH)
        loss = -torch.minimum(ratio * advantages, clipped * advantages).sum() / (ROWS * NEW_TOKENS)
        loss.backward()
    optimizer.step()


def check(policy: Policy, prompts: Tensor) -> None:
    """Fails if decoding with the cache and the forward of whole rows do not agree."""
    for prompt_once in (True, False):
        completions, found = generate(policy, prompts, prompt_once)
        rows = torch.cat((prompts.repeat_interleave(ROLLOUTS, 0), completions), 1)
        with torch.no_grad():
            wanted = policy(rows[:, :-1], ROW_TOKENS - 2)[0][:, -1]
        difference = (found - wanted).abs().max().item()
        if not difference < 1e-4:
            raise RuntimeError(f"cached and whole-row logits differ by {difference:g}; expected below 1e-4")


def make_cases(only_rollouts: bool) -> list[tuple[dict[str, Any], Callable[[], None]]]:
    """Each case: what it is, and what to time."""
    torch.manual_seed(0)
    policy = Policy()
    prompts = torch.randint(VOCABULARY, (PROMPTS, PROMPT_TOKENS))
    check(policy, prompts)
    half = Policy().to(torch.bfloat16)

    cases: list[tuple[dict[str, Any], Callable[[], None]]] = []
    for kind, sampler in (("float32", policy), ("bfloat16", half)):
        for once in (True, False):

            def sample(sampler: Policy = sampler, once: bool = once) -> None:
                generate(sampler, prompts, once)

            cases.append(({"work": "generation", "type": kind, "promptOnce": once}, sample))
    if only_rollouts:
        return cases

    completions, _ = generate(policy, prompts, True)
    tokens = torch.cat((prompts.repeat_interleave(ROLLOUTS, 0), completions), 1)
    with torch.no_grad():
        old = log_probabilities(policy, tokens) + 0.1 * torch.randn(ROWS, NEW_TOKENS)
    batch = (tokens, old, torch.randn(ROWS, 1))
    optimizer = torch.optim.AdamW(policy.parameters(), fused=True, **OPTIMIZER)
    for kind in ("float32", "bfloat16"):
        for size in (64, 128):

            def train(size: int = size, bfloat16: bool = kind == "bfloat16") -> None:
                train_step(policy, optimizer, batch, size, bfloat16)

            cases.append(({"work": "training", "type": kind, "microBatch": size}, train))
    return cases


def measure(actions: list[Callable[[], None]], seconds: float) -> list[list[tuple[float, float]]]:
    """Wall and processor seconds of each repetition of each action; they take turns for `seconds` each."""
    for action in actions:
        for _ in range(WARM_UPS):
            action()
    times: list[list[tuple[float, float]]] = [[] for _ in actions]
    end = time.perf_counter() + seconds * len(actions)
    while len(times[0]) < FEWEST_REPETITIONS or time.perf_counter() < end:
        for action, own in zip(actions, times, strict=True):
            start, processor_start = time.perf_counter(), time.process_time()
            action()
            own.append((time.perf_counter() - start, time.process_time() - processor_start))
    return times


def describe(case: dict[str, Any], times: list[tuple[float, float]]) -> dict[str, Any]:
    """The case with its rates, in tokens per second."""
    walls, processors = zip(*times, strict=True)
    median, fastest, processor = statistics.median(walls), min(walls), statistics.median(processors)
    result = {**case, "repetitions": len(times), "medianSeconds": median, "medianProcessorSeconds": processor}
    if case["work"] == "generation":
        return {
            **result,
            "generatedTokensPerSecond": round(ROWS * NEW_TOKENS / median),
            "fastestGeneratedTokensPerSecond": round(ROWS * NEW_TOKENS / fastest),
            "generatedTokensPerProcessorSecond": round(ROWS * NEW_TOKENS / processor),
        }
    return {
        **result,
        "completionTokensPerSecond": round(ROWS * NEW_TOKENS / median),
        "totalTokensPerSecond": round(ROWS * ROW_TOKENS / median),
        "fastestCompletionTokensPerSecond": round(ROWS * NEW_TOKENS / fastest),
        "completionTokensPerProcessorSecond": round(ROWS * NEW_TOKENS / processor),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1, help="threads of torch (default 1)")
    parser.add_argument("--seconds", type=float, default=4, help="time for each case (default 4)")
    parser.add_argument("--rollouts", action="store_true", help="measure generation only")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    arguments = parser.parse_args()
    if arguments.threads < 1 or not arguments.seconds >= 0:
        parser.error("--threads must be at least 1 and --seconds must not be negative")

    torch.set_num_threads(arguments.threads)
    cases = make_cases(arguments.rollouts)
    times = measure([action for _, action in cases], arguments.seconds)
    results = [describe(case, own) for (case, _), own in zip(cases, times, strict=True)]
    if arguments.json:
        report = {
            "torch": torch.__version__,
            "cpuCapability": torch.backends.cpu.get_cpu_capability(),
            "threads": arguments.threads,
            "parameters": sum(parameter.numel() for parameter in Policy().parameters()),
            "prompts": PROMPTS,
            "rolloutsPerPrompt": ROLLOUTS,
            "promptTokens": PROMPT_TOKENS,
            "completionTokens": NEW_TOKENS,
            "results": results,
        }
        print(json.dumps(report, indent=2))
        return
    print(
        f"torch {torch.__version__}, {arguments.threads} thread(s); tokens per second: "
        "median (fastest; per processor second)"
    )
    for result in results:
        if result["work"] == "generation":
            option = "prompt once per group" if result["promptOnce"] else "prompt for every rollout"
            rate, best = result["generatedTokensPerSecond"], result["fastestGeneratedTokensPerSecond"]
            processor, total = result["generatedTokensPerProcessorSecond"], ""
        else:
            option = f"micro batches of {result['microBatch']}"
            rate, best = result["completionTokensPerSecond"], result["fastestCompletionTokensPerSecond"]
            processor = result["completionTokensPerProcessorSecond"]
            total = f"; {result['totalTokensPerSecond']} counting prompts"
        print(f"{result['work']:10}  {result['type']:8}  {option:24}  {rate:6d} ({best}; {processor}){total}")


if __name__ == "__main__":
    main()
