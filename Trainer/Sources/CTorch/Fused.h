#ifndef CTORCH_FUSED_H
#define CTORCH_FUSED_H

#include <ATen/ATen.h>

// Operations that libtorch composes of several passes over memory, in one pass each.
//
// They serve float32 on the processor, where the small policy spends half its time in such passes; for every
// other tensor the first three are the composition. These have gradients.

namespace fused {

/// x ÷ √(mean(x²) + epsilon) · weight over the last dimension.
at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon);

/// x · cosines + roll(x, D/2) · sines over the last dimension D of x `[B][T][H][D]`.
///
/// Tables are `[1][T][1][D]` or, where T is 1, `[B][1][1][D]`; sines are negative in the first half.
at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosines, const at::Tensor &sines);

/// silu(gate) · up.
at::Tensor swiglu(const at::Tensor &gate, const at::Tensor &up);

/// softmax(q·kᵀ/√D + mask)·v for queries `[B][H][L][D]` that see all keys and values `[B][H][S][D]`, and a mask
/// `[B][1][1][S]`. Without gradients, for the few queries of one step of generation.
at::Tensor attend(
    const at::Tensor &query, const at::Tensor &key, const at::Tensor &value, const std::optional<at::Tensor> &mask);
bool can_attend(
    const at::Tensor &query, const at::Tensor &key, const at::Tensor &value, const std::optional<at::Tensor> &mask);

} // namespace fused

#endif
