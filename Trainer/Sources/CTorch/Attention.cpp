#include "Fused.h"
#include "Vectorized.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using fused::dot;
using fused::exponential;
using fused::is_plain;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Sizes of queries `[N][heads][width]` and keys `[S][kv_heads][width]`.
struct Sizes {
  int64_t heads, kv_heads, width;
  int64_t share() const { return heads / kv_heads; }
  float scale() const { return 1 / std::sqrt((float)width); }
};

/// What queries see: query n the keys in `slots[starts[n]] ..< slots[starts[n + 1]]`.
struct Seen {
  const int64_t *starts, *slots;

  /// Calls `body` with each slot that query `n` sees and its place among them.
  template <typename Body>
  INLINED void each_slot(int64_t n, Body body) const {
    for (int64_t i = starts[n]; i < starts[n + 1]; ++i) body(slots[i], i - starts[n]);
  }
  int64_t count(int64_t n) const { return starts[n + 1] - starts[n]; }
};

/// `fixed` is the width where it is known when this is compiled, which lets the loops over it go.
template <int64_t fixed>
INLINED void attend_queries(
    const float *queries, const float *keys, const float *values, Seen seen, float *results,
    float *normalizers, float *scores, int64_t begin, int64_t end, Sizes sizes) {
  const int64_t width = fixed ? fixed : sizes.width;
  const float scale = sizes.scale();
  for (int64_t head = begin * sizes.heads; head < end * sizes.heads; ++head) {
    const int64_t n = head / sizes.heads, kv_head = head % sizes.heads / sizes.share();
    const float *query = queries + head * width;
    float *result = results + head * width;
    float largest = -INFINITY;
    seen.each_slot(n, [&](int64_t slot, int64_t place) {
      scores[place] = dot(query, keys + (slot * sizes.kv_heads + kv_head) * width, width) * scale;
      largest = scores[place] > largest ? scores[place] : largest;
    });
    for (int64_t place = 0; place < seen.count(n); ++place) scores[place] = exponential(scores[place] - largest);
    float sum = 0;
    for (int64_t i = 0; i < width; ++i) result[i] = 0;
    seen.each_slot(n, [&](int64_t slot, int64_t place) {
      const float *value = values + (slot * sizes.kv_heads + kv_head) * width, weight = scores[place];
      sum += weight;
      for (int64_t i = 0; i < width; ++i) result[i] += weight * value[i];
    });
    for (int64_t i = 0; i < width; ++i) result[i] /= sum;
    normalizers[head] = largest + std::log(sum);
  }
}

VECTORIZED void attend_range(
    const float *queries, const float *keys, const float *values, Seen seen, float *results,
    float *normalizers, float *scores, int64_t begin, int64_t end, Sizes sizes) {
  if (sizes.width == 32)
    attend_queries<32>(queries, keys, values, seen, results, normalizers, scores, begin, end, sizes);
  else
    attend_queries<0>(queries, keys, values, seen, results, normalizers, scores, begin, end, sizes);
}

/// The gradients that come through one key-value head. With weights p = exp(q·k·scale − normalizer):
/// ∂v += p·g, ∂score = p·(g·v − g·result)·scale, ∂q += ∂score·k, ∂k += ∂score·q.
template <int64_t fixed>
INLINED void attend_queries_backward(
    const float *gradients, const float *queries, const float *keys, const float *values, Seen seen,
    const float *results, const float *normalizers, float *query_gradients, float *key_gradients,
    float *value_gradients, int64_t count, int64_t kv_head, Sizes sizes) {
  const int64_t width = fixed ? fixed : sizes.width;
  const float scale = sizes.scale();
  for (int64_t query = 0; query < count; ++query) {
    for (int64_t shared = 0; shared < sizes.share(); ++shared) {
      const int64_t head = query * sizes.heads + kv_head * sizes.share() + shared;
      const float *q = queries + head * width, *g = gradients + head * width;
      float *q_gradient = query_gradients + head * width;
      const float mean = dot(g, results + head * width, width), normalizer = normalizers[head];
      for (int64_t i = 0; i < width; ++i) q_gradient[i] = 0;
      seen.each_slot(query, [&](int64_t slot, int64_t) {
        const int64_t offset = (slot * sizes.kv_heads + kv_head) * width;
        const float *k = keys + offset, *v = values + offset;
        float *k_gradient = key_gradients + offset, *v_gradient = value_gradients + offset;
        float weight = exponential(dot(q, k, width) * scale - normalizer);
        float change = weight * (dot(g, v, width) - mean) * scale;
        for (int64_t i = 0; i < width; ++i) {
          q_gradient[i] += change * k[i];
          k_gradient[i] += change * q[i];
          v_gradient[i] += weight * g[i];
        }
      });
    }
  }
}

VECTORIZED void attend_head_backward(
    const float *gradients, const float *queries, const float *keys, const float *values, Seen seen,
    const float *results, const float *normalizers, float *query_gradients, float *key_gradients,
    float *value_gradients, int64_t count, int64_t kv_head, Sizes sizes) {
  if (sizes.width == 32)
    attend_queries_backward<32>(
        gradients, queries, keys, values, seen, results, normalizers, query_gradients, key_gradients,
        value_gradients, count, kv_head, sizes);
  else
    attend_queries_backward<0>(
        gradients, queries, keys, values, seen, results, normalizers, query_gradients, key_gradients,
        value_gradients, count, kv_head, sizes);
}

/// The tensors' contents once they are found to be sound.
Seen checked(const at::Tensor &starts, const at::Tensor &slots, int64_t queries, int64_t keys) {
  for (const auto &tensor : {starts, slots})
    TORCH_CHECK(
        tensor.device().is_cpu() && tensor.scalar_type() == at::kLong && tensor.dim() == 1 && tensor.is_contiguous(),
        "what queries see is not two lists of int64 on the processor");
  TORCH_CHECK(starts.numel() == queries + 1, "expected ", queries + 1, " starts, found ", starts.numel());
  Seen seen = {starts.const_data_ptr<int64_t>(), slots.const_data_ptr<int64_t>()};
  TORCH_CHECK(
      seen.starts[0] == 0 && seen.starts[queries] == slots.numel(), "starts do not end where the slots end");
  for (int64_t n = 0; n < queries; ++n) TORCH_CHECK(seen.count(n) > 0, "query ", n, " sees nothing");
  for (int64_t i = 0; i < slots.numel(); ++i)
    TORCH_CHECK(0 <= seen.slots[i] && seen.slots[i] < keys, "slot ", seen.slots[i], " is none of ", keys, " keys");
  return seen;
}

/// The most keys that one query sees.
int64_t most_seen(Seen seen, int64_t queries) {
  int64_t most = 0;
  for (int64_t n = 0; n < queries; ++n) most = std::max(most, seen.count(n));
  return most;
}

struct Attention : Function<Attention> {
  static at::Tensor forward(
      AutogradContext *context, const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
      const at::Tensor &starts, const at::Tensor &slots) {
    auto q = queries.contiguous(), k = keys.contiguous(), v = values.contiguous();
    Sizes sizes = {q.size(1), k.size(1), q.size(2)};
    auto seen = checked(starts, slots, q.size(0), k.size(0));
    auto most = most_seen(seen, q.size(0));
    auto y = at::empty_like(q), normalizers = at::empty({q.size(0), sizes.heads}, q.options());
    at::parallel_for(0, q.size(0), 64, [&](int64_t begin, int64_t end) {
      std::vector<float> scores(most);
      attend_range(
          q.const_data_ptr<float>(), k.const_data_ptr<float>(), v.const_data_ptr<float>(), seen,
          y.mutable_data_ptr<float>(), normalizers.mutable_data_ptr<float>(),
          scores.data(), begin, end, sizes);
    });
    context->save_for_backward({q, k, v, y, normalizers, starts, slots});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2], &y = saved[3], &normalizers = saved[4];
    Seen seen = {saved[5].const_data_ptr<int64_t>(), saved[6].const_data_ptr<int64_t>()};
    auto gradient = gradients[0].contiguous();
    Sizes sizes = {q.size(1), k.size(1), q.size(2)};
    auto q_gradient = at::empty_like(q), k_gradient = at::zeros_like(k), v_gradient = at::zeros_like(v);
    // Queries add to the keys that they share; key-value heads share nothing.
    at::parallel_for(0, sizes.kv_heads, 1, [&](int64_t begin, int64_t end) {
      for (int64_t kv_head = begin; kv_head < end; ++kv_head)
        attend_head_backward(
            gradient.const_data_ptr<float>(), q.const_data_ptr<float>(), k.const_data_ptr<float>(),
            v.const_data_ptr<float>(), seen, y.const_data_ptr<float>(), normalizers.const_data_ptr<float>(), q_gradient.mutable_data_ptr<float>(),
            k_gradient.mutable_data_ptr<float>(), v_gradient.mutable_data_ptr<float>(), q.size(0), kv_head, sizes);
    });
    return {q_gradient, k_gradient, v_gradient, at::Tensor(), at::Tensor()};
  }
};

/// The same by libtorch: each query gets a copy of the keys and values that it sees.
at::Tensor attend_copies(
    const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values, const at::Tensor &starts,
    const at::Tensor &slots) {
  int64_t count = queries.size(0);
  auto seen = checked(starts, slots, count, keys.size(0));
  auto most = most_seen(seen, count);
  auto places = at::zeros({count, most}, at::kLong);
  auto mask = at::full({count, 1, 1, most}, -std::numeric_limits<float>::infinity(), at::kFloat);
  for (int64_t n = 0; n < count; ++n) {
    seen.each_slot(n, [&](int64_t slot, int64_t place) {
      places.mutable_data_ptr<int64_t>()[n * most + place] = slot;
      mask.mutable_data_ptr<float>()[n * most + place] = 0;
    });
  }
  places = places.flatten().to(keys.device());
  auto copies = [&](const at::Tensor &all) {
    return all.index_select(0, places).view({count, most, all.size(1), all.size(2)}).transpose(1, 2);
  };
  // The query heads that share a key-value head stand where a sequence's queries do.
  auto grouped = queries.reshape({count, keys.size(1), -1, queries.size(2)});
  return at::scaled_dot_product_attention(grouped, copies(keys), copies(values), mask.to(queries.options()))
      .reshape(queries.sizes());
}

} // namespace

at::Tensor fused::attend(
    const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values, const at::Tensor &starts,
    const at::Tensor &slots) {
  TORCH_CHECK(
      queries.dim() == 3 && keys.dim() == 3 && keys.sizes() == values.sizes() && keys.size(2) == queries.size(2) &&
          queries.size(1) % keys.size(1) == 0,
      "queries ", queries.sizes(), ", keys ", keys.sizes(), " and values ", values.sizes(), " do not fit");
  if (is_plain(queries) && is_plain(keys) && is_plain(values))
    return Attention::apply(queries, keys, values, starts, slots);
  return attend_copies(queries, keys, values, starts, slots);
}
