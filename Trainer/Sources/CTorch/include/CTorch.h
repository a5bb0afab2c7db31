#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The operations of libtorch that InSight uses, as C.
//
// A function that makes a tensor returns NULL where libtorch threw, one that does not returns false;
// ctorch_last_error() then has the message. The caller owns every tensor it is given and releases it.
// Names and argument orders are those of PyTorch; dimensions may be negative and count from the end.

#pragma clang assume_nonnull begin
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor *ctorch_tensor_t;
/// An array of tensors.
typedef const ctorch_tensor_t _Nonnull *_Nonnull ctorch_tensors_t;

enum { CTORCH_FLOAT32 = 0, CTORCH_BFLOAT16 = 1, CTORCH_INT64 = 2, CTORCH_BOOL = 3 };

/// A device is a CUDA index, or this.
enum { CTORCH_CPU = -1 };

// MARK: The library

/// The message of this thread's last failure.
const char *ctorch_last_error(void);
/// The version that this code was compiled for, as TORCH_ABI_VERSION has it: one byte each for major, minor,
/// patch.
uint64_t ctorch_compiled_version(void);
/// The version of the libtorch that is loaded, in the same form.
uint64_t ctorch_loaded_version(void);
int ctorch_cuda_device_count(void);
int ctorch_thread_count(void);
bool ctorch_set_thread_count(int count);
/// Turns gradient recording on this thread on or off; returns what it was.
bool ctorch_set_gradient_recording(bool enabled);

// MARK: Making, reading and releasing

ctorch_tensor_t _Nullable ctorch_empty(const int64_t *shape, int rank, int dtype, int device);
/// Copies `data`, which is contiguous.
ctorch_tensor_t _Nullable ctorch_from_data(
    const void *data, const int64_t *shape, int rank, int dtype, int device);
void ctorch_release(ctorch_tensor_t tensor);
int ctorch_rank(ctorch_tensor_t tensor);
int64_t ctorch_size(ctorch_tensor_t tensor, int dimension);
/// The dtype, or -1 where it is none of the four.
int ctorch_dtype(ctorch_tensor_t tensor);
int ctorch_device(ctorch_tensor_t tensor);
/// Waits for the device and copies the elements, contiguous, to `data` of exactly `bytes`.
bool ctorch_read(ctorch_tensor_t tensor, void *data, size_t bytes);

// MARK: Shape

ctorch_tensor_t _Nullable ctorch_to(ctorch_tensor_t tensor, int dtype, int device);
ctorch_tensor_t _Nullable ctorch_reshape(ctorch_tensor_t tensor, const int64_t *shape, int rank);
ctorch_tensor_t _Nullable ctorch_transpose(ctorch_tensor_t tensor, int first, int second);
ctorch_tensor_t _Nullable ctorch_narrow(ctorch_tensor_t tensor, int dimension, int64_t start, int64_t length);
ctorch_tensor_t _Nullable ctorch_index_select(ctorch_tensor_t tensor, int dimension, ctorch_tensor_t indices);
ctorch_tensor_t _Nullable ctorch_gather(ctorch_tensor_t tensor, int dimension, ctorch_tensor_t indices);
/// Zeros of the shape of `values`, with `values` scattered to `indices`.
ctorch_tensor_t _Nullable ctorch_scatter(int dimension, ctorch_tensor_t indices, ctorch_tensor_t values);
ctorch_tensor_t _Nullable ctorch_stack(ctorch_tensors_t tensors, int count);

// MARK: Arithmetic

ctorch_tensor_t _Nullable ctorch_add(ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_sub(ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_mul(ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_mul_scalar(ctorch_tensor_t a, double b);
ctorch_tensor_t _Nullable ctorch_minimum(ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_where(ctorch_tensor_t condition, ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_less(ctorch_tensor_t a, ctorch_tensor_t b);
ctorch_tensor_t _Nullable ctorch_less_scalar(ctorch_tensor_t a, double b);
ctorch_tensor_t _Nullable ctorch_logical_not(ctorch_tensor_t a);
ctorch_tensor_t _Nullable ctorch_exp(ctorch_tensor_t a);
ctorch_tensor_t _Nullable ctorch_clamp(ctorch_tensor_t a, double low, double high);
ctorch_tensor_t _Nullable ctorch_softmax(ctorch_tensor_t a, int dimension);
ctorch_tensor_t _Nullable ctorch_log_softmax(ctorch_tensor_t a, int dimension);
ctorch_tensor_t _Nullable ctorch_cumsum(ctorch_tensor_t a, int dimension);
ctorch_tensor_t _Nullable ctorch_sum(ctorch_tensor_t a);
ctorch_tensor_t _Nullable ctorch_sum_dimension(ctorch_tensor_t a, int dimension);
/// The Euclidean norm of all elements.
ctorch_tensor_t _Nullable ctorch_norm(ctorch_tensor_t a);
/// Sorts from large to small, equal elements in their order; `indices` gets where each came from.
ctorch_tensor_t _Nullable ctorch_sort_descending(
    ctorch_tensor_t a, int dimension, ctorch_tensor_t _Nullable *_Nonnull indices);

// MARK: In place

bool ctorch_copy_(ctorch_tensor_t target, ctorch_tensor_t source);
/// Copies the slices of `source` to where `indices` says.
bool ctorch_index_copy_(ctorch_tensor_t target, int dimension, ctorch_tensor_t indices, ctorch_tensor_t source);
bool ctorch_mul_scalar_(ctorch_tensor_t target, double factor);

// MARK: Layers

ctorch_tensor_t _Nullable ctorch_embedding(ctorch_tensor_t weight, ctorch_tensor_t indices);
ctorch_tensor_t _Nullable ctorch_linear(ctorch_tensor_t input, ctorch_tensor_t weight);
ctorch_tensor_t _Nullable ctorch_rms_norm(ctorch_tensor_t input, ctorch_tensor_t weight, double epsilon);
/// Turns the halves of each head, of `[N][H][D]`, into each other; tables are `[N][D]`.
ctorch_tensor_t _Nullable ctorch_rotate(ctorch_tensor_t heads, ctorch_tensor_t cosines, ctorch_tensor_t sines);
/// silu(gate) × up
ctorch_tensor_t _Nullable ctorch_swiglu(ctorch_tensor_t gate, ctorch_tensor_t up);
/// softmax(q·kᵀ/√D)·v, query n seeing the keys that `slots` names from `starts[n]` to before `starts[n + 1]`.
ctorch_tensor_t _Nullable ctorch_attend(
    ctorch_tensor_t queries, ctorch_tensor_t keys, ctorch_tensor_t values, ctorch_tensor_t starts,
    ctorch_tensor_t slots);

// MARK: Gradients and the optimizer

bool ctorch_set_requires_grad(ctorch_tensor_t tensor, bool required);
ctorch_tensor_t _Nullable ctorch_detach(ctorch_tensor_t tensor);
bool ctorch_backward(ctorch_tensor_t loss);
/// The accumulated gradient; `*gradient` is NULL where there is none.
bool ctorch_gradient(ctorch_tensor_t tensor, ctorch_tensor_t _Nullable *_Nonnull gradient);
void ctorch_clear_gradient(ctorch_tensor_t tensor);
/// One AdamW step on `count` parameters, in place; `step` counts from 1.
bool ctorch_adamw_(
    ctorch_tensors_t parameters, ctorch_tensors_t gradients, ctorch_tensors_t first_moments,
    ctorch_tensors_t second_moments, int count, int64_t step, double learning_rate, double beta1, double beta2,
    double weight_decay, double epsilon);

#ifdef __cplusplus
}
#endif
#pragma clang assume_nonnull end

#endif
