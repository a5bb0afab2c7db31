#!/usr/bin/env bash
# GRPO with prompt selection: verl 0.5 to 0.7.1 on one machine. Other settings of verl may follow, and win:
#
#     bash run_07.sh trainer.n_gpus_per_node=8
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${DATA:-$here/data}
model=${MODEL:-Qwen/Qwen2.5-0.5B-Instruct}

insight=(
    data.sampler.class_path=pkg://insight_rl.verl_sampler
    data.sampler.class_name=InsightSampler
    data.dataloader_num_workers=0
    +data.insight.seed=1
    +data.insight.outcome=acc
)

python3 -m verl.trainer.main_ppo \
    "${insight[@]}" \
    data.train_files="$data/train.parquet" \
    data.val_files="$data/test.parquet" \
    data.train_batch_size=128 \
    data.max_prompt_length=128 \
    data.max_response_length=512 \
    custom_reward_function.path="$here/reward.py" \
    custom_reward_function.name=compute_score \
    algorithm.adv_estimator=grpo \
    actor_rollout_ref.model.path="$model" \
    actor_rollout_ref.rollout.name=vllm \
    actor_rollout_ref.rollout.n=8 \
    actor_rollout_ref.rollout.tensor_model_parallel_size=1 \
    actor_rollout_ref.rollout.gpu_memory_utilization=0.5 \
    actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu=16 \
    actor_rollout_ref.actor.ppo_mini_batch_size=64 \
    actor_rollout_ref.actor.use_dynamic_bsz=True \
    actor_rollout_ref.actor.optim.lr=1e-6 \
    trainer.n_gpus_per_node=1 \
    trainer.nnodes=1 \
    trainer.total_epochs=3 \
    trainer.save_freq=20 \
    trainer.test_freq=10 \
    trainer.logger='[console]' \
    trainer.default_local_dir="${CHECKPOINTS:-$here/checkpoints}" \
    "$@"
