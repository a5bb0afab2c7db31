"""Writes the reference values that the trainer's tests compare with.

The values come from Hugging Face transformers (`Qwen3ForCausalLM`) and from `torch.optim.AdamW`, never from
the code under test. Run from the repository's root, with torch, transformers and safetensors installed:

    python3 Trainer/Scripts/reference.py

It rewrites, in `Trainer/Tests/InsightTorchTests/Fixtures`:

    qwen3-tiny/config.json           configuration, in the form that published Qwen3 checkpoints have
    qwen3-tiny/model.safetensors     weights, float32, Hugging Face names, tied embeddings stored once
    qwen3-tiny-reference.json        token sequences, logits, loss and all gradients
    adamw-reference.json             a small tensor after each of three AdamW steps
    policy-gradient-reference.json   the clipped objective and its gradient with respect to the logits

Every JSON file says in `about` what its fields mean, and in `versions` what wrote it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
import torch.nn.functional as F
import transformers

SEED = 20260301
FIXTURES = Path(__file__).resolve().parent.parent / "Tests" / "InsightTorchTests" / "Fixtures"

# head_dim × heads is twice hidden_size and there are fewer key heads than query heads, so that code which
# takes one of these for another fails on shapes or values.
CONFIGURATION: dict[str, Any] = {
    "architectures": ["Qwen3ForCausalLM"],
    "attention_bias": False,
    "attention_dropout": 0.0,
    "head_dim": 16,
    "hidden_act": "silu",
    "hidden_size": 32,
    "initializer_range": 0.2,
    "intermediate_size": 48,
    "max_position_embeddings": 128,
    "model_type": "qwen3",
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-6,
    "rope_scaling": None,
    "rope_theta": 10000,
    "tie_word_embeddings": True,
    "torch_dtype": "float32",
    "use_cache": True,
    "vocab_size": 64,
}

# Length 1 has no target; 17 turns the slow rotary frequencies far enough to be seen.
LENGTHS = [1, 3, 9, 17]


class Digits(float):
    """A float that JSON shows with nine significant digits, enough to restore any float32."""

    def __repr__(self) -> str:
        """Nine significant digits, without trailing zeros."""
        return f"{float(self):.9g}"


def numbers(tensor: torch.Tensor) -> list[Any]:
    """The elements of `tensor` as nested lists of `Digits`."""

    def rounded(value: Any) -> Any:
        return [rounded(item) for item in value] if isinstance(value, list) else Digits(value)

    return rounded(tensor.detach().tolist())


def write(name: str, content: dict[str, Any]) -> None:
    """Writes `content` with one line for each array of scalars."""

    def text(value: Any, indent: int) -> str:
        inner, outer = "  " * (indent + 1), "  " * indent
        if isinstance(value, dict) and value:
            items = [f"{inner}{json.dumps(key)}: {text(item, indent + 1)}" for key, item in value.items()]
            return "{\n" + ",\n".join(items) + f"\n{outer}}}"
        if isinstance(value, list) and value and isinstance(value[0], (list, dict)):
            return "[\n" + ",\n".join(inner + text(item, indent + 1) for item in value) + f"\n{outer}]"
        if isinstance(value, list):
            return "[" + ", ".join(text(item, indent) for item in value) + "]"
        return repr(value) if isinstance(value, Digits) else json.dumps(value)

    path = FIXTURES / name
    path.write_text(text(content, 0) + "\n")
    print(f"{path.stat().st_size:8d} bytes  {name}")


def versions() -> dict[str, str]:
    """The versions of what computes the values."""
    return {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "safetensors": safetensors.__version__,
    }


def make_model() -> transformers.Qwen3ForCausalLM:
    """A model whose weights are large enough that a wrong operation shows in the logits."""
    model = transformers.Qwen3ForCausalLM(
        transformers.Qwen3Config(**CONFIGURATION, attn_implementation="eager")
    )
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = 0.2 * torch.randn(parameter.shape, generator=generator)
            parameter.copy_(1 + noise if name.endswith("norm.weight") else noise)
    return model.eval()


def save_and_reload(model: transformers.Qwen3ForCausalLM) -> transformers.Qwen3ForCausalLM:
    """Writes `qwen3-tiny` and returns what transformers reads back, so that the files are what is tested."""
    folder = FIXTURES / "qwen3-tiny"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIGURATION, indent=2) + "\n")
    weights = {name: parameter.detach().contiguous() for name, parameter in model.named_parameters()}
    safetensors.torch.save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # save_file makes it private to its author
    loaded = transformers.Qwen3ForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    for (name, wanted), (loaded_name, found) in zip(
        model.named_parameters(), loaded.named_parameters(), strict=True
    ):
        if name != loaded_name or not torch.equal(wanted, found):
            raise RuntimeError(f"{name} was not read back as it was written")
    rotary = loaded.config.rope_parameters["rope_theta"]
    if rotary != CONFIGURATION["rope_theta"] or loaded.config.head_dim != CONFIGURATION["head_dim"]:
        raise RuntimeError(f"the configuration was not read back as it was written: {loaded.config}")
    return loaded


def evaluate(
    model: transformers.Qwen3ForCausalLM, sequences: list[list[int]], masks: list[list[int]]
) -> tuple[list[torch.Tensor], torch.Tensor, dict[str, torch.Tensor]]:
    """Logits `[sequence][position][vocabulary]`, mean cross-entropy of the masked targets, its gradients.

    Sequences run one at a time: no padding can influence the values.
    """
    model.zero_grad()
    logits = [model(torch.tensor([tokens])).logits[0] for tokens in sequences]
    losses = []
    for scores, tokens, mask in zip(logits, sequences, masks, strict=True):
        targets = [position for position in range(1, len(tokens)) if mask[position] == 1]
        for position in targets:
            losses.append(F.cross_entropy(scores[position - 1], torch.tensor(tokens[position])))
    loss = torch.stack(losses).mean()
    loss.backward()
    gradients = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    return [scores.detach() for scores in logits], loss.detach(), gradients


def write_model_reference() -> None:
    """Writes `qwen3-tiny` and `qwen3-tiny-reference.json`."""
    model = save_and_reload(make_model())
    generator = torch.Generator().manual_seed(SEED + 1)
    sequences = [
        torch.randint(CONFIGURATION["vocab_size"], (length,), generator=generator).tolist()
        for length in LENGTHS
    ]
    # The first third is a prompt; position 6 is a hole, as a token that a tool wrote would be.
    masks = [
        [int(position > length // 3 and position != 6) for position in range(length)] for length in LENGTHS
    ]
    logits, loss, gradients = evaluate(model, sequences, masks)
    exact_logits, _, exact_gradients = evaluate(model.double(), sequences, masks)

    def deviation(found: list[torch.Tensor], wanted: list[torch.Tensor]) -> Digits:
        return Digits(max((a.double() - b).abs().max().item() for a, b in zip(found, wanted, strict=True)))

    write(
        "qwen3-tiny-reference.json",
        {
            "about": {
                "source": "Trainer/Scripts/reference.py; Qwen3ForCausalLM, eager attention, float32",
                "tokens": "one sequence; positions count from 0; each sequence ran alone, unpadded",
                "targetMask": "1 where the token at this position is a target of the tokens before it",
                "logits": "[position][vocabulary]; row t predicts the token at position t + 1",
                "loss": "mean over all targets of all sequences of -ln p(token), nats",
                "gradients": "of the loss, row-major, in the shape given; embed_tokens is tied, so its "
                "gradient is the sum of the input's and the output's",
                "float32Deviation": "largest absolute difference from the same model run in double precision "
                "(which still normalizes in float32); a hint for tolerances",
            },
            "versions": versions(),
            "seed": SEED,
            "float32Deviation": {
                "logits": deviation(logits, exact_logits),
                "gradients": deviation(list(gradients.values()), list(exact_gradients.values())),
            },
            "targets": sum(map(sum, masks)),
            "loss": Digits(loss),
            "sequences": [
                {"tokens": tokens, "targetMask": mask, "logits": numbers(scores)}
                for tokens, mask, scores in zip(sequences, masks, logits, strict=True)
            ],
            "gradients": {
                name: {"shape": list(gradient.shape), "values": numbers(gradient.flatten())}
                for name, gradient in sorted(gradients.items())
            },
        },
    )


def write_adamw_reference() -> None:
    """Writes `adamw-reference.json`; double precision, from inputs that are short decimals."""
    options: dict[str, Any] = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1}
    generator = torch.Generator().manual_seed(SEED + 2)
    parameter = (torch.randn(2, 4, generator=generator, dtype=torch.float64) * 1000).round() / 1000
    parameter[0, 0] = 0.0
    gradients = (torch.randn(3, 2, 4, generator=generator, dtype=torch.float64) * 1000).round() / 1000
    gradients[:, 0, 1] = 0.0  # only decays
    gradients[:, 0, 2] *= 1e-6  # comparable with eps
    before = parameter.clone()
    parameter.requires_grad_()
    optimizer = torch.optim.AdamW([parameter], **options)
    after = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        after.append(numbers(parameter))
    write(
        "adamw-reference.json",
        {
            "about": {
                "source": "Trainer/Scripts/reference.py; torch.optim.AdamW, double precision",
                "parameter": "before the first step",
                "gradients": "[step], the gradient given to each step",
                "after": "[step], the parameter after each step",
            },
            "versions": versions(),
            "learningRate": options["lr"],
            "betas": list(options["betas"]),
            "epsilon": options["eps"],
            "weightDecay": options["weight_decay"],
            "parameter": numbers(before),
            "gradients": [numbers(gradient) for gradient in gradients],
            "after": after,
        },
    )


def write_policy_gradient_reference() -> None:
    """Writes `policy-gradient-reference.json`; double precision, from inputs that are short decimals."""
    low, high, temperature, vocabulary = 0.2, 0.28, 0.7, 7
    # Ratio to start from, advantage, token weight: every side of both clips for both signs of the advantage.
    # 1.25 lies between 1 + low and 1 + high, and so tells the two apart.
    cases = [
        (1.0, 1.5, 0.1),
        (1.0, -0.5, 0.1),
        (1.1, 0.8, 0.1),
        (0.9, -0.8, 0.1),
        (1.25, 1.0, 0.1),
        (1.5, 1.0, 0.1),
        (1.5, -1.0, 0.05),
        (0.5, 1.0, 0.05),
        (0.5, -1.0, 0.05),
        (0.75, -2.0, 0.2),
        (1.1, 1.0, 0.0),
        (0.9, 0.0, 0.1),
    ]
    generator = torch.Generator().manual_seed(SEED + 3)
    logits = torch.randn(len(cases), vocabulary, generator=generator, dtype=torch.float64) * 1.5
    logits = ((logits * 100).round() / 100).requires_grad_()
    tokens = torch.randint(vocabulary, (len(cases),), generator=generator)
    ratios, advantages, weights = torch.tensor(cases, dtype=torch.float64).unbind(1)

    log_probabilities = F.log_softmax(logits / temperature, dim=-1)
    current = log_probabilities.gather(1, tokens[:, None]).squeeze(1)
    old = ((current.detach() - ratios.log()) * 1e6).round() / 1e6
    ratio = torch.exp(current - old)
    clipped = ratio.clamp(1 - low, 1 + high)
    loss = -(weights * torch.minimum(ratio * advantages, clipped * advantages)).sum()
    loss.backward()
    write(
        "policy-gradient-reference.json",
        {
            "about": {
                "source": "Trainer/Scripts/reference.py; torch autograd, double precision",
                "loss": "-sum over tokens of weight * min(r * A, clip(r, 1 - low, 1 + high) * A), "
                "r = exp(log p - old), log p = log_softmax(logits / temperature)[token], nats",
                "logits": "[token][vocabulary], before the division by the temperature",
                "tokens": "[token], what was sampled",
                "ratios": "[token], r, for reading failures",
                "gradient": "[token][vocabulary], of the loss with respect to logits",
            },
            "versions": versions(),
            "clip": {"low": low, "high": high},
            "temperature": temperature,
            "logits": numbers(logits),
            "tokens": tokens.tolist(),
            "advantages": numbers(advantages),
            "weights": numbers(weights),
            "oldLogProbabilities": numbers(old),
            "logProbabilities": numbers(current),
            "ratios": numbers(ratio),
            "loss": Digits(loss.detach()),
            "gradient": numbers(logits.grad),
        },
    )


def main() -> None:
    """Writes every fixture."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    torch.set_num_threads(1)  # the order of summation does not depend on the machine's cores
    FIXTURES.mkdir(parents=True, exist_ok=True)
    write_model_reference()
    write_adamw_reference()
    write_policy_gradient_reference()


if __name__ == "__main__":
    main()
