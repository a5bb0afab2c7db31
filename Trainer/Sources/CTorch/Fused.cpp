#include "Fused.h"
#include "Vectorized.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using fused::dot;
using fused::exponential;
using fused::is_plain;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

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
    const float *x, const float *cosines, const float *sines, float *y, int64_t begin, int64_t end, int64_t heads,
    int64_t width, float sign) {
  int64_t half = width / 2;
  for (int64_t row = begin; row < end; ++row) {
    const float *c = cosines + row * width, *s = sines + row * width;
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
  int64_t rows = x.size(0), heads = x.size(1), width = x.size(2);
  at::parallel_for(0, rows, task_rows, [&](int64_t begin, int64_t end) {
    rotate_rows(
        x.const_data_ptr<float>(), cosines.const_data_ptr<float>(), sines.const_data_ptr<float>(),
        y.mutable_data_ptr<float>(), begin, end, heads, width, sign);
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

} // namespace

at::Tensor fused::rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
  if (is_plain(x) && is_plain(weight) && weight.is_contiguous() && x.size(-1) == weight.numel())
    return RMSNorm::apply(x, weight, epsilon);
  return at::rms_norm(x, weight.sizes(), weight, epsilon);
}

at::Tensor fused::rotate(const at::Tensor &x, const at::Tensor &cosines, const at::Tensor &sines) {
  TORCH_CHECK(x.dim() == 3, "expected 3 dimensions, found ", x.dim());
  const std::vector<int64_t> table = {x.size(0), x.size(2)};
  TORCH_CHECK(
      cosines.sizes() == table && sines.sizes() == table, "expected tables ", table, ", found ", cosines.sizes(),
      " and ", sines.sizes());
  if (is_plain(x) && is_plain(cosines) && is_plain(sines) && cosines.is_contiguous() && sines.is_contiguous())
    return Rotate::apply(x, cosines, sines);
  return at::addcmul(x * cosines.unsqueeze(1), x.roll(x.size(2) / 2, -1), sines.unsqueeze(1));
}

at::Tensor fused::swiglu(const at::Tensor &gate, const at::Tensor &up) {
  if (is_plain(gate) && is_plain(up) && gate.sizes() == up.sizes()) return SwiGLU::apply(gate, up);
  return at::silu(gate) * up;
}
