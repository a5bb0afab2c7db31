"""Measures a whole training step of plain Python torch: sample, judge, one update over all rows.

    python3 Benchmarks/step.py --problems FILE

The policy of throughput.py with the weights of models/countdown-base, one thread. As one writes it by hand
for speed: prompts are padded at the left and computed once per group, a cache is allocated once, rows that
ended leave when half of a batch has, and an update's rows are sorted by length so that little is padded.
"""

from __future__ import annotations

import json
import time

import throughput
import torch
import torch.nn.functional as F
from countdown import (
    BASE,
    BETAS,
    EPSILON,
    GRADIENT_NORM,
    LEARNING_RATE,
    NEW_TOKENS,
    ROLLOUTS,
    WARM_UPS,
    WEIGHT_DECAY,
    Problem,
    encode,
    parse_arguments,
    print_medians,
    read_problems,
    read_vocabulary,
)
from throughput import HEAD_DIM, HEADS, KV_HEADS, SHARE, Policy
from torch import Tensor

TOKENS, END_TEXT = read_vocabulary()
END = TOKENS.index(END_TEXT)
NAMES = {
    "attention_norm": "input_layernorm",
    "query_norm": "self_attn.q_norm",
    "key_norm": "self_attn.k_norm",
    "query": "self_attn.q_proj",
    "key": "self_attn.k_proj",
    "value": "self_attn.v_proj",
    "output": "self_attn.o_proj",
    "mlp_norm": "post_attention_layernorm",
    "gate": "mlp.gate_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}


def load_policy(longest: int) -> Policy:
    """The policy with the checkpoint's weights and rotary tables for `longest` positions."""
    raw = (BASE / "model.safetensors").read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header, data = json.loads(raw[8 : 8 + length]), bytearray(raw[8 + length :])

    def weight(name: str) -> Tensor:
        entry = header[f"model.{name}.weight"]
        start, end = entry["data_offsets"]
        values = torch.frombuffer(data, dtype=torch.float32, count=(end - start) // 4, offset=start)
        return values.view(entry["shape"]).clone()

    throughput.VOCABULARY, throughput.ROW_TOKENS = len(TOKENS), longest
    policy = Policy()
    with torch.no_grad():
        policy.embedding.copy_(weight("embed_tokens"))
        policy.norm.copy_(weight("norm"))
        for index, layer in enumerate(policy.layers):
            for own, theirs in NAMES.items():
                getattr(layer, own).copy_(weight(f"layers.{index}.{theirs}"))
    return policy


def whole_rows(policy: Policy, tokens: Tensor, starts: Tensor) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """As `Policy.forward` for rows that begin at `starts`; the last layer's x in place of logits."""
    length = tokens.shape[1]
    places = torch.arange(length)
    positions = (places - starts[:, None]).clamp_(min=0)
    cos, sin = policy.cos[positions], policy.sin[positions]
    causal = places[:, None] >= places
    # Padding sees itself, or its softmax would be of nothing.
    mask = causal & ((places >= starts[:, None])[:, None] | (places[:, None] == places))
    x, cache = F.embedding(tokens, policy.embedding), []
    for layer in policy.layers:
        q, k, v = (part.transpose(1, 2) for part in layer.heads(x, cos, sin))
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None], enable_gqa=True)
        x = layer.finish(x, attended.transpose(1, 2).flatten(2))
        cache.append((k, v))
    return x, cache


@torch.inference_mode()
def generate(policy: Policy, prompts: Tensor, starts: Tensor) -> list[list[int]]:
    """`ROLLOUTS` completions of each prompt in `[prompts][length]`, end tokens included."""
    x, prefix = whole_rows(policy, prompts, starts)
    logits = policy.logits(x[:, -1]).repeat_interleave(ROLLOUTS, 0)
    rows, length = len(logits), prompts.shape[1]
    capacity = length + NEW_TOKENS
    starts = starts.repeat_interleave(ROLLOUTS)
    bias = torch.zeros(rows, 1, capacity).masked_fill_(
        (torch.arange(capacity) < starts[:, None])[:, None], -torch.inf
    )
    caches = []
    for k, v in prefix:
        keys = torch.empty(rows, KV_HEADS, HEAD_DIM, capacity)
        values = torch.empty(rows, KV_HEADS, capacity, HEAD_DIM)
        keys[..., :length] = k.transpose(2, 3).repeat_interleave(ROLLOUTS, 0)
        values[:, :, :length] = v.repeat_interleave(ROLLOUTS, 0)
        caches.append((keys, values))

    completions: list[list[int]] = [[] for _ in range(rows)]
    active, running = torch.arange(rows), torch.ones(rows, dtype=torch.bool)
    for step in range(NEW_TOKENS):
        tokens = throughput.draw(logits)
        for row, token, runs in zip(active.tolist(), tokens.tolist(), running.tolist(), strict=True):
            if runs:
                completions[row].append(token)
        running &= tokens != END
        left = int(running.sum())
        if left == 0 or step == NEW_TOKENS - 1:
            break
        if 2 * left <= len(active):
            kept = running.nonzero().squeeze(1)
            active, tokens, starts, bias = active[kept], tokens[kept], starts[kept], bias[kept]
            running = running[kept]
            caches = [(keys[kept], values[kept]) for keys, values in caches]
        position, count = length + step, len(active)
        places = position - starts
        cos, sin = policy.cos[places], policy.sin[places]
        x = F.embedding(tokens, policy.embedding)
        mask = bias[..., : position + 1].repeat_interleave(KV_HEADS, 0)
        for layer, (keys, values) in zip(policy.layers, caches, strict=True):
            q, k, v = layer.heads(x, cos, sin)
            keys[..., position], values[:, :, position] = k, v
            q = q.reshape(-1, SHARE, HEAD_DIM) * HEAD_DIM**-0.5
            weights = torch.baddbmm(mask, q, keys[..., : position + 1].flatten(0, 1)).softmax(-1)
            attended = torch.bmm(weights, values[:, :, : position + 1].flatten(0, 1))
            x = layer.finish(x, attended.view(count, HEADS * HEAD_DIM))
        logits = policy.logits(x)
    return completions


def update(
    policy: Policy,
    optimizer: torch.optim.Optimizer,
    prompts: list[list[int]],
    completions: list[list[int]],
    advantages: list[float],
    micro_batch: int,
) -> None:
    """One optimizer step on the clipped objective, on policy: the ratio is 1 and its gradient counts."""
    optimizer.zero_grad(set_to_none=True)
    total = sum(map(len, completions))
    order = sorted(range(len(completions)), key=lambda row: len(prompts[row]) + len(completions[row]))
    for start in range(0, len(order), micro_batch):
        rows = order[start : start + micro_batch]
        texts = [torch.tensor(prompts[row] + completions[row]) for row in rows]
        tokens = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
        firsts = torch.tensor([len(prompts[row]) for row in rows])
        ends = torch.tensor([len(text) for text in texts])
        places = torch.arange(1, tokens.shape[1])
        scored = (places >= firsts[:, None]) & (places < ends[:, None])
        # Padded at the end, where nothing sees it: plain causal attention.
        x = F.embedding(tokens[:, :-1], policy.embedding)
        length = x.shape[1]
        for layer in policy.layers:
            heads = layer.heads(x, policy.cos[:length], policy.sin[:length])
            q, k, v = (part.transpose(1, 2) for part in heads)
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
            x = layer.finish(x, attended.transpose(1, 2).flatten(2))
        log_probabilities = -F.cross_entropy(
            policy.logits(x[scored]), tokens[:, 1:][scored], reduction="none"
        )
        ratio = torch.exp(log_probabilities - log_probabilities.detach())
        own = torch.tensor([advantages[row] for row in rows])[:, None].expand_as(scored)[scored]
        clipped = ratio.clamp(1 - throughput.CLIP_LOW, 1 + throughput.CLIP_HIGH)
        (-torch.minimum(ratio * own, clipped * own).sum() / total).backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), GRADIENT_NORM)
    optimizer.step()


def group_advantages(scores: list[float]) -> list[float]:
    """GRPO's, group after group."""
    groups = torch.tensor(scores).view(-1, ROLLOUTS)
    centred = groups - groups.mean(1, keepdim=True)
    return (centred / (groups.std(1, keepdim=True) + 1e-6)).flatten().tolist()


def main() -> None:
    """Measures and prints."""
    arguments = parse_arguments(__doc__ or "")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    problems: list[Problem] = read_problems(arguments.problems)
    encoded = [encode(problem.prompt, TOKENS) for problem in problems]
    longest = max(map(len, encoded))
    padded = torch.tensor([[END] * (longest - len(prompt)) + prompt for prompt in encoded])
    starts = torch.tensor([longest - len(prompt) for prompt in encoded])
    policy = load_policy(longest + NEW_TOKENS)
    optimizer = torch.optim.AdamW(
        policy.parameters(), lr=LEARNING_RATE, betas=BETAS, eps=EPSILON, weight_decay=WEIGHT_DECAY, fused=True
    )
    steps = []
    for _ in range(WARM_UPS + arguments.steps):
        begin = time.perf_counter()
        completions = generate(policy, padded, starts)
        answers = ["".join(TOKENS[token] for token in row if token != END) for row in completions]
        scores = [problems[row // ROLLOUTS].score(answer) for row, answer in enumerate(answers)]
        sampled = time.perf_counter()
        rows = [encoded[row // ROLLOUTS] for row in range(len(completions))]
        advantages = group_advantages(scores)
        update(policy, optimizer, rows, completions, advantages, arguments.micro_batch)
        end = time.perf_counter()
        steps.append(
            {
                "secondsStep": end - begin,
                "secondsRollingOut": sampled - begin,
                "secondsUpdating": end - sampled,
                "completionTokens": sum(map(len, completions)),
                "rightShare": sum(score == 1 for score in scores) / len(scores),
            }
        )
    print_medians(f"torch {torch.__version__}", steps[WARM_UPS:])


if __name__ == "__main__":
    main()
