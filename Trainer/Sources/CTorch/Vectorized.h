#ifndef CTORCH_VECTORIZED_H
#define CTORCH_VECTORIZED_H

#include <ATen/ATen.h>

#include <bit>
#include <cstdint>

// What the kernels of Fused.h share.

// One compiled version per vector width, chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif
#define INLINED inline __attribute__((always_inline))

namespace fused {

/// What the kernels serve.
inline bool is_plain(const at::Tensor &tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat;
}

/// eˣ within two units in the last place, in a form that compilers vectorize; 0 < eˣ < ∞ by limiting x.
INLINED float exponential(float x) {
  // Comparisons in this order let NaN through.
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // Adding 1.5·2²³ rounds to an integer, which then is in the low bits.
  const float magic = 12582912.0f;
  float shifted = x * 1.44269504f + magic;
  float n = shifted - magic;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  // Cephes' polynomial for eʳ, |r| ≤ ln 2 / 2.
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return p * std::bit_cast<float>((std::bit_cast<int32_t>(shifted) << 23) + 0x3f800000);
}

/// Σ aᵢ·bᵢ; the order of summation is the compiler's.
INLINED float dot(const float *a, const float *b, int64_t count) {
#pragma clang fp reassociate(on) contract(fast)
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

} // namespace fused

#endif
