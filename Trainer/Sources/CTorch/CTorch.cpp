#include "CTorch.h"
#include "Fused.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/headeronly/version.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

struct ctorch_tensor {
  at::Tensor value;
};

namespace {

thread_local std::string last_error;

/// Runs `work`; where it throws, keeps the message and returns `failure`. No exception leaves this file.
template <typename Result, typename Work>
Result attempt(Result failure, Work &&work) noexcept {
  try {
    return work();
  } catch (const c10::Error &error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception &error) {
    last_error = error.what();
  } catch (...) {
    last_error = "an exception of another type than std::exception";
  }
  return failure;
}

/// Runs `work`, which makes a tensor.
template <typename Work>
ctorch_tensor_t make(Work &&work) noexcept {
  return attempt<ctorch_tensor_t>(nullptr, [&] { return new ctorch_tensor{work()}; });
}

/// Runs `work`, which returns nothing.
template <typename Work>
bool perform(Work &&work) noexcept {
  return attempt(false, [&] {
    work();
    return true;
  });
}

const at::ScalarType scalar_types[] = {at::kFloat, at::kBFloat16, at::kLong, at::kBool};

at::TensorOptions options(int dtype, int device) {
  auto type = scalar_types[dtype];
  auto where = device == CTORCH_CPU ? at::Device(at::kCPU) : at::Device(at::kCUDA, (c10::DeviceIndex)device);
  return at::TensorOptions(type).device(where);
}

std::vector<at::Tensor> values(ctorch_tensors_t tensors, int count) {
  std::vector<at::Tensor> result;
  result.reserve(count);
  for (int i = 0; i < count; ++i) result.push_back(tensors[i]->value);
  return result;
}

} // namespace

// MARK: The library

const char *ctorch_last_error(void) { return last_error.c_str(); }

// The low 32 bits are zero in every release and differ in nothing that matters here.
uint64_t ctorch_compiled_version(void) { return (uint64_t)TORCH_ABI_VERSION >> 40; }
uint64_t ctorch_loaded_version(void) { return aoti_torch_abi_version() >> 40; }

int ctorch_cuda_device_count(void) {
  return attempt(0, [] {
    return at::globalContext().hasCUDA() ? (int)at::detail::getCUDAHooks().deviceCount() : 0;
  });
}

int ctorch_thread_count(void) { return at::get_num_threads(); }

bool ctorch_set_thread_count(int count) {
  return perform([&] { at::set_num_threads(count); });
}

bool ctorch_set_gradient_recording(bool enabled) {
  bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return before;
}

// MARK: Making, reading and releasing

ctorch_tensor_t ctorch_empty(const int64_t *shape, int rank, int dtype, int device) {
  return make([&] { return at::empty(at::IntArrayRef(shape, rank), options(dtype, device)); });
}

ctorch_tensor_t ctorch_from_data(const void *data, const int64_t *shape, int rank, int dtype, int device) {
  return make([&] {
    auto host = at::empty(at::IntArrayRef(shape, rank), options(dtype, CTORCH_CPU));
    std::memcpy(host.mutable_data_ptr(), data, host.nbytes());
    return device == CTORCH_CPU ? host : host.to(options(dtype, device));
  });
}

void ctorch_release(ctorch_tensor_t tensor) { delete tensor; }

int ctorch_rank(ctorch_tensor_t tensor) { return (int)tensor->value.dim(); }

int64_t ctorch_size(ctorch_tensor_t tensor, int dimension) { return tensor->value.sizes()[dimension]; }

int ctorch_dtype(ctorch_tensor_t tensor) {
  for (int i = 0; i < 4; ++i)
    if (tensor->value.scalar_type() == scalar_types[i]) return i;
  return -1;
}

int ctorch_device(ctorch_tensor_t tensor) {
  auto device = tensor->value.device();
  return device.is_cpu() ? CTORCH_CPU : (int)device.index();
}

bool ctorch_read(ctorch_tensor_t tensor, void *data, size_t bytes) {
  return perform([&] {
    auto host = tensor->value.detach().to(at::kCPU).contiguous();
    TORCH_CHECK(host.nbytes() == bytes, "the tensor has ", host.nbytes(), " bytes, the buffer ", bytes);
    std::memcpy(data, host.const_data_ptr(), bytes);
  });
}

// MARK: Shape

ctorch_tensor_t ctorch_to(ctorch_tensor_t tensor, int dtype, int device) {
  return make([&] { return tensor->value.to(options(dtype, device)); });
}

ctorch_tensor_t ctorch_reshape(ctorch_tensor_t tensor, const int64_t *shape, int rank) {
  return make([&] { return tensor->value.reshape(at::IntArrayRef(shape, rank)); });
}

ctorch_tensor_t ctorch_transpose(ctorch_tensor_t tensor, int first, int second) {
  return make([&] { return tensor->value.transpose(first, second); });
}

ctorch_tensor_t ctorch_narrow(ctorch_tensor_t tensor, int dimension, int64_t start, int64_t length) {
  return make([&] { return tensor->value.narrow(dimension, start, length); });
}

ctorch_tensor_t ctorch_index_select(ctorch_tensor_t tensor, int dimension, ctorch_tensor_t indices) {
  return make([&] { return tensor->value.index_select(dimension, indices->value); });
}

ctorch_tensor_t ctorch_gather(ctorch_tensor_t tensor, int dimension, ctorch_tensor_t indices) {
  return make([&] { return tensor->value.gather(dimension, indices->value); });
}

ctorch_tensor_t ctorch_scatter(int dimension, ctorch_tensor_t indices, ctorch_tensor_t values) {
  return make([&] { return at::zeros_like(values->value).scatter_(dimension, indices->value, values->value); });
}

ctorch_tensor_t ctorch_stack(ctorch_tensors_t tensors, int count) {
  return make([&] { return at::stack(values(tensors, count)); });
}

// MARK: Arithmetic

ctorch_tensor_t ctorch_add(ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return a->value + b->value; });
}

ctorch_tensor_t ctorch_sub(ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return a->value - b->value; });
}

ctorch_tensor_t ctorch_mul(ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return a->value * b->value; });
}

ctorch_tensor_t ctorch_mul_scalar(ctorch_tensor_t a, double b) {
  return make([&] { return a->value * b; });
}

ctorch_tensor_t ctorch_minimum(ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return at::minimum(a->value, b->value); });
}

ctorch_tensor_t ctorch_where(ctorch_tensor_t condition, ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return at::where(condition->value, a->value, b->value); });
}

ctorch_tensor_t ctorch_less(ctorch_tensor_t a, ctorch_tensor_t b) {
  return make([&] { return a->value < b->value; });
}

ctorch_tensor_t ctorch_less_scalar(ctorch_tensor_t a, double b) {
  return make([&] { return a->value < b; });
}

ctorch_tensor_t ctorch_logical_not(ctorch_tensor_t a) {
  return make([&] { return a->value.logical_not(); });
}

ctorch_tensor_t ctorch_exp(ctorch_tensor_t a) {
  return make([&] { return a->value.exp(); });
}

ctorch_tensor_t ctorch_clamp(ctorch_tensor_t a, double low, double high) {
  return make([&] { return a->value.clamp(low, high); });
}

ctorch_tensor_t ctorch_softmax(ctorch_tensor_t a, int dimension) {
  return make([&] { return at::softmax(a->value, dimension); });
}

ctorch_tensor_t ctorch_log_softmax(ctorch_tensor_t a, int dimension) {
  return make([&] { return at::log_softmax(a->value, dimension); });
}

ctorch_tensor_t ctorch_cumsum(ctorch_tensor_t a, int dimension) {
  return make([&] { return a->value.cumsum(dimension); });
}

ctorch_tensor_t ctorch_sum(ctorch_tensor_t a) {
  return make([&] { return a->value.sum(); });
}

ctorch_tensor_t ctorch_sum_dimension(ctorch_tensor_t a, int dimension) {
  return make([&] { return a->value.sum(dimension); });
}

ctorch_tensor_t ctorch_norm(ctorch_tensor_t a) {
  return make([&] { return a->value.norm(); });
}

ctorch_tensor_t ctorch_sort_descending(ctorch_tensor_t a, int dimension, ctorch_tensor_t *indices) {
  return make([&] {
    auto [sorted, order] = a->value.sort(/*stable=*/true, dimension, /*descending=*/true);
    *indices = new ctorch_tensor{order};
    return sorted;
  });
}

// MARK: In place

bool ctorch_copy_(ctorch_tensor_t target, ctorch_tensor_t source) {
  return perform([&] { target->value.copy_(source->value); });
}

bool ctorch_index_copy_(ctorch_tensor_t target, int dimension, ctorch_tensor_t indices, ctorch_tensor_t source) {
  return perform([&] { target->value.index_copy_(dimension, indices->value, source->value); });
}

bool ctorch_mul_scalar_(ctorch_tensor_t target, double factor) {
  return perform([&] { target->value.mul_(factor); });
}

// MARK: Layers

ctorch_tensor_t ctorch_embedding(ctorch_tensor_t weight, ctorch_tensor_t indices) {
  return make([&] { return at::embedding(weight->value, indices->value); });
}

ctorch_tensor_t ctorch_linear(ctorch_tensor_t input, ctorch_tensor_t weight) {
  return make([&] { return fused::linear(input->value, weight->value); });
}

ctorch_tensor_t ctorch_rms_norm(ctorch_tensor_t input, ctorch_tensor_t weight, double epsilon) {
  return make([&] { return fused::rms_norm(input->value, weight->value, epsilon); });
}

ctorch_tensor_t ctorch_rotate(ctorch_tensor_t heads, ctorch_tensor_t cosines, ctorch_tensor_t sines) {
  return make([&] { return fused::rotate(heads->value, cosines->value, sines->value); });
}

ctorch_tensor_t ctorch_swiglu(ctorch_tensor_t gate, ctorch_tensor_t up) {
  return make([&] { return fused::swiglu(gate->value, up->value); });
}

ctorch_tensor_t ctorch_attend(
    ctorch_tensor_t queries, ctorch_tensor_t keys, ctorch_tensor_t values, ctorch_tensor_t starts,
    ctorch_tensor_t slots) {
  return make([&] {
    return fused::attend(queries->value, keys->value, values->value, starts->value, slots->value);
  });
}

// MARK: Gradients and the optimizer

bool ctorch_set_requires_grad(ctorch_tensor_t tensor, bool required) {
  return perform([&] { tensor->value.requires_grad_(required); });
}

ctorch_tensor_t ctorch_detach(ctorch_tensor_t tensor) {
  return make([&] { return tensor->value.detach(); });
}

bool ctorch_backward(ctorch_tensor_t loss) {
  return perform([&] { loss->value.backward(); });
}

bool ctorch_gradient(ctorch_tensor_t tensor, ctorch_tensor_t *gradient) {
  return perform([&] {
    const auto &value = tensor->value.grad();
    *gradient = value.defined() ? new ctorch_tensor{value} : nullptr;
  });
}

void ctorch_clear_gradient(ctorch_tensor_t tensor) {
  if (tensor->value.grad().defined()) tensor->value.mutable_grad().reset();
}

bool ctorch_adamw_(
    ctorch_tensors_t parameters, ctorch_tensors_t gradients, ctorch_tensors_t first_moments,
    ctorch_tensors_t second_moments, int count, int64_t step, double learning_rate, double beta1, double beta2,
    double weight_decay, double epsilon) {
  return perform([&] {
    c10::NoGradGuard no_gradients;
    auto weights = values(parameters, count);
    if (weights.empty()) return;
    std::vector<at::Tensor> steps(count, at::full({}, (double)step, weights[0].options().dtype(at::kFloat)));
    at::_fused_adamw_(
        weights, values(gradients, count), values(first_moments, count), values(second_moments, count), {}, steps,
        learning_rate, beta1, beta2, weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
  });
}
