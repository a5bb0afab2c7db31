#include "Fused.h"
#include "Vectorized.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

using Product = at::Tensor(
    const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
    c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);

/// oneDNN's product, which libtorch registers for its compiler; nothing where this libtorch is without.
const std::optional<c10::TypedOperatorHandle<Product>> &product() {
  static const auto found = []() -> std::optional<c10::TypedOperatorHandle<Product>> {
    auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!at::hasMKLDNN() || !schema) return std::nullopt;
    return schema->typed<Product>();
  }();
  return found;
}

/// a · bᵀ. Copies what is transposed.
at::Tensor times_transposed(const at::Tensor &a, const at::Tensor &b) {
  static const c10::List<std::optional<at::Scalar>> no_scalars;
  return product()->call(a, b, std::nullopt, "none", no_scalars, std::nullopt);
}

struct Linear : Function<Linear> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight) {
    at::AutoDispatchBelowADInplaceOrView plain;
    auto x = input.contiguous();
    context->save_for_backward({x, weight});
    return times_transposed(x, weight);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    at::AutoDispatchBelowADInplaceOrView plain;
    auto saved = context->get_saved_variables();
    const auto &weight = saved[1];
    auto gradient = gradients[0].contiguous().flatten(0, -2), x = saved[0].flatten(0, -2);
    // One of the two is copied, so it is the narrower one.
    auto weight_gradient = gradient.size(1) <= x.size(1) ? times_transposed(gradient.t(), x.t())
                                                         : times_transposed(x.t(), gradient.t()).t();
    return {times_transposed(gradient, weight.t()).view(saved[0].sizes()), weight_gradient};
  }
};

} // namespace

at::Tensor fused::linear(const at::Tensor &x, const at::Tensor &weight) {
  if (is_plain(x) && is_plain(weight) && x.dim() >= 2 && x.numel() > 0 && product())
    return Linear::apply(x, weight);
  return at::linear(x, weight);
}
