#include "Fused.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

// One compiled version per vector width, chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif
#define INLINED inline __attribute__((always_inline))

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

bool is_plain(const at::Tensor &tensor) {
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

// MARK: RMSNorm

VECTORIZED void norm_rows(
    const float *x, const float *weight, float *y, float *inverses, int64_t rows, int64_t width, float epsilon) {
  for (int64_t row = 0; row < rows; ++row, x += width, y += width) {
    float inverse = 1 / std::sqrt(dot(x, x, width) / width + epsilon);
    inverses[row] = inverse;
    for (int64_t i = 0; i < width; ++i) y[i] = x[i] * inverse * weight[i];
  }
}

/// With n = x·inverse and h = g·weight: ∂x = inverse·(h − n·mean(h·n)), ∂weight = Σ g·n.
VECTORIZED void norm_rows_backward(
    const float *gradient, const float *x, const float *weight, const float *inverses, float *x_gradient,
    float *weight_gradient, float *scaled, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; ++row, gradient += width, x += width, x_gradient += width) {
    float inverse = inverses[row];
    for (int64_t i = 0; i < width; ++i) {
      scaled[i] = gradient[i] * weight[i];
      weight_gradient[i] += gradient[i] * x[i] * inverse;
    }
    float factor = dot(scaled, x, width) * inverse * inverse / width;
    for (int64_t i = 0; i < width; ++i) x_gradient[i] = inverse * (scaled[i] - x[i] * factor);
  }
}

/// Rows per task; a constant, so that sums do not depend on the number of threads.
constexpr int64_t task_rows = 512;

struct RMSNorm : Function<RMSNorm> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &input, const at::Tensor &weight, double epsilon) {
    auto x = input.contiguous();
    int64_t width = x.size(-1), rows = x.numel() / width;
    auto y = at::empty_like(x);
    auto inverses = at::empty({rows}, x.options());
    at::parallel_for(0, rows, task_rows, [&](int64_t begin, int64_t end) {
      norm_rows(
          x.const_data_ptr<float>() + begin * width, weight.const_data_ptr<float>(),
          y.mutable_data_ptr<float>() + begin * width, inverses.mutable_data_ptr<float>() + begin, end - begin,
          width, (float)epsilon);
    });
    context->save_for_backward({x, weight, inverses});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &inverses = saved[2];
    auto gradient = gradients[0].contiguous();
    int64_t width = x.size(-1), rows = x.numel() / width, tasks = (rows + task_rows - 1) / task_rows;
    auto x_gradient = at::empty_like(x);
    auto partial = at::zeros({tasks, width}, x.options());
    at::parallel_for(0, tasks, 1, [&](int64_t first, int64_t last) {
      std::vector<float> scaled(width);
      for (int64_t task = first; task < last; ++task) {
        int64_t begin = task * task_rows, end = std::min(rows, begin + task_rows);
        norm_rows_backward(
            gradient.const_data_ptr<float>() + begin * width, x.const_data_ptr<float>() + begin * width,
            weight.const_data_ptr<float>(), inverses.const_data_ptr<float>() + begin,
            x_gradient.mutable_data_ptr<float>() + begin * width,
            partial.mutable_data_ptr<float>() + task * width, scaled.data(), end - begin, width);
      }
    });
    return {x_gradient, partial.sum(0), at::Tensor()};
  }
};

// MARK: Rotary embedding

/// `sign` 1 turns, −1 turns back, which is the gradient.
VECTORIZED void rotate_rows(
    const float *x, const float *cosines, const float *sines, float *y, int64_t begin, int64_t end,
    int64_t table_rows, int64_t heads, int64_t width, float sign) {
  int64_t half = width / 2;
  for (int64_t row = begin; row < end; ++row) {
    const float *c = cosines + row % table_rows * width, *s = sines + row % table_rows * width;
    for (int64_t head = row * heads; head < (row + 1) * heads; ++head) {
      const float *in = x + head * width;
      float *out = y + head * width;
      for (int64_t i = 0; i < half; ++i) {
        out[i] = in[i] * c[i] + in[i + half] * (sign * s[i]);
        out[i + half] = in[i + half] * c[i + half] + in[i] * (sign * s[i + half]);
      }
    }
  }
}

at::Tensor rotated(const at::Tensor &input, const at::Tensor &cosines, const at::Tensor &sines, float sign) {
  auto x = input.contiguous();
  auto y = at::empty_like(x);
  int64_t heads = x.size(2), width = x.size(3), rows = x.size(0) * x.size(1), table_rows = cosines.numel() / width;
  at::parallel_for(0, rows, task_rows, [&](int64_t begin, int64_t end) {
    rotate_rows(
        x.const_data_ptr<float>(), cosines.const_data_ptr<float>(), sines.const_data_ptr<float>(),
        y.mutable_data_ptr<float>(), begin, end, table_rows, heads, width, sign);
  });
  return y;
}

struct Rotate : Function<Rotate> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &x, const at::Tensor &cosines, const at::Tensor &sines) {
    context->save_for_backward({cosines, sines});
    return rotated(x, cosines, sines, 1);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    return {rotated(gradients[0], saved[0], saved[1], -1), at::Tensor(), at::Tensor()};
  }
};

// MARK: SwiGLU

VECTORIZED void gate_elements(const float *gate, const float *up, float *y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = gate[i] / (1 + exponential(-gate[i])) * up[i];
}

VECTORIZED void gate_elements_backward(
    const float *gradient, const float *gate, const float *up, float *gate_gradient, float *up_gradient,
    int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    float sigmoid = 1 / (1 + exponential(-gate[i])), silu = gate[i] * sigmoid;
    gate_gradient[i] = gradient[i] * up[i] * (sigmoid + silu * (1 - sigmoid));
    up_gradient[i] = gradient[i] * silu;
  }
}

struct SwiGLU : Function<SwiGLU> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &gate_input, const at::Tensor &up_input) {
    auto gate = gate_input.contiguous(), up = up_input.contiguous();
    auto y = at::empty_like(gate);
    at::parallel_for(0, gate.numel(), at::internal::GRAIN_SIZE, [&](int64_t begin, int64_t end) {
      gate_elements(
          gate.const_data_ptr<float>() + begin, up.const_data_ptr<float>() + begin,
          y.mutable_data_ptr<float>() + begin, end - begin);
    });
    context->save_for_backward({gate, up});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &gate = saved[0], &up = saved[1];
    auto gradient = gradients[0].contiguous();
    auto gate_gradient = at::empty_like(gate), up_gradient = at::empty_like(up);
    at::parallel_for(0, gate.numel(), at::internal::GRAIN_SIZE, [&](int64_t begin, int64_t end) {
      gate_elements_backward(
          gradient.const_data_ptr<float>() + begin, gate.const_data_ptr<float>() + begin,
          up.const_data_ptr<float>() + begin, gate_gradient.mutable_data_ptr<float>() + begin,
          up_gradient.mutable_data_ptr<float>() + begin, end - begin);
    });
    return {gate_gradient, up_gradient};
  }
};

// MARK: Attention

/// One query and one head: `scores` is room for `count` numbers, `mask` may be null.
VECTORIZED void attend_one(
    const float *query, const float *keys, const float *values, const float *mask, float *scores, float *y,
    int64_t count, int64_t width, int64_t key_stride, int64_t value_stride) {
  float scale = 1 / std::sqrt((float)width), largest = -INFINITY;
  for (int64_t t = 0; t < count; ++t) {
    scores[t] = dot(query, keys + t * key_stride, width) * scale + (mask ? mask[t] : 0);
    largest = scores[t] > largest ? scores[t] : largest;
  }
  for (int64_t t = 0; t < count; ++t) scores[t] = exponential(scores[t] - largest);
  float sum = 0;
  for (int64_t i = 0; i < width; ++i) y[i] = 0;
  for (int64_t t = 0; t < count; ++t) {
    sum += scores[t];
    const float *value = values + t * value_stride;
    for (int64_t i = 0; i < width; ++i) y[i] += scores[t] * value[i];
  }
  for (int64_t i = 0; i < width; ++i) y[i] /= sum;
}

} // namespace

at::Tensor fused::rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
  if (is_plain(x) && is_plain(weight) && weight.is_contiguous() && x.size(-1) == weight.numel())
    return RMSNorm::apply(x, weight, epsilon);
  return at::rms_norm(x, weight.sizes(), weight, epsilon);
}

at::Tensor fused::rotate(const at::Tensor &x, const at::Tensor &cosines, const at::Tensor &sines) {
  TORCH_CHECK(x.dim() == 4, "expected 4 dimensions, found ", x.dim());
  int64_t width = x.size(3);
  bool is_table = cosines.is_contiguous() && sines.is_contiguous() && cosines.sizes() == sines.sizes() &&
      cosines.size(-1) == width && cosines.numel() == (x.size(1) == 1 ? x.size(0) : x.size(1)) * width;
  if (is_plain(x) && is_plain(cosines) && is_plain(sines) && is_table) return Rotate::apply(x, cosines, sines);
  return at::addcmul(x * cosines, x.roll(width / 2, -1), sines);
}

at::Tensor fused::swiglu(const at::Tensor &gate, const at::Tensor &up) {
  if (is_plain(gate) && is_plain(up) && gate.sizes() == up.sizes()) return SwiGLU::apply(gate, up);
  return at::silu(gate) * up;
}

bool fused::can_attend(
    const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
    const std::optional<at::Tensor> &mask) {
  if (c10::GradMode::is_enabled() || !is_plain(query) || !is_plain(key) || !is_plain(value)) return false;
  if (query.dim() != 4 || key.dim() != 4 || key.sizes() != value.sizes()) return false;
  if (key.stride(3) != 1 || value.stride(3) != 1) return false;
  at::IntArrayRef shape = query.sizes();
  if (shape[0] != key.size(0) || shape[1] != key.size(1) || shape[3] != key.size(3)) return false;
  return !mask || (is_plain(*mask) && mask->sizes() == at::IntArrayRef({shape[0], 1, 1, key.size(2)}));
}

at::Tensor fused::attend(
    const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
    const std::optional<at::Tensor> &mask) {
  auto q = query.contiguous();
  auto y = at::empty_like(q);
  int64_t heads = q.size(1), queries = q.size(2), width = q.size(3), count = key.size(2);
  auto bias = mask ? mask->contiguous() : at::Tensor();
  const float *biases = mask ? bias.const_data_ptr<float>() : nullptr;
  at::parallel_for(0, q.size(0) * heads, 64, [&](int64_t begin, int64_t end) {
    std::vector<float> scores(count);
    for (int64_t place = begin; place < end; ++place) {
      int64_t row = place / heads, head = place % heads;
      const float *keys = key.const_data_ptr<float>() + row * key.stride(0) + head * key.stride(1);
      const float *values = value.const_data_ptr<float>() + row * value.stride(0) + head * value.stride(1);
      for (int64_t i = place * queries; i < (place + 1) * queries; ++i)
        attend_one(
            q.const_data_ptr<float>() + i * width, keys, values, biases ? biases + row * count : nullptr,
            scores.data(), y.mutable_data_ptr<float>() + i * width, count, width, key.stride(2), value.stride(2));
    }
  });
  return y;
}
