#ifndef CTORCH_FUSED_H
#define CTORCH_FUSED_H

#include <ATen/ATen.h>

// Operations that libtorch composes of several passes over memory or computes slower than it could.
//
// They serve float32 on the processor; for every other tensor each is a composition of libtorch's operations.
// All have gradients.

namespace fused {

/// x · weightᵀ, by oneDNN where libtorch has it (docs/decisions/0006).
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight);

/// x ÷ √(mean(x²) + epsilon) · weight over the last dimension.
at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon);

/// x · cosines + roll(x, D/2) · sines over the last dimension D of x `[N][H][D]`.
///
/// Tables are `[N][D]`; sines are negative in the first half.
at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosines, const at::Tensor &sines);

/// silu(gate) · up.
at::Tensor swiglu(const at::Tensor &gate, const at::Tensor &up);

/// softmax(q·kᵀ/√D)·v of queries `[N][H][D]` over keys and values `[S][G][D]`, of which query n sees those
/// that `slots` names from `starts[n]` to before `starts[n + 1]`, at least one.
///
/// Both are int64 on the processor. Query heads that follow each other, H/G of them, share a key-value head.
at::Tensor attend(
    const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values, const at::Tensor &starts,
    const at::Tensor &slots);

} // namespace fused

#endif
