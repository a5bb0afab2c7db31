#!/usr/bin/env bash
# GRPO with prompt selection: verl 0.9 on one machine. Other settings of verl may follow, and win:
#
#     bash run.sh trainer.n_gpus_per_node=8 trainer.v1.trainer_mode=colocate_async
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${DATA:-$here/data}
model=${MODEL:-Qwen/Qwen2.5-0.5B-Instruct}

insight=(
    data.custom_cls.path=pkg://insight_rl.verl
    data.custom_cls.name=InsightDataset
    trainer.v1.sampler.custom_sampler.path=pkg://insight_rl.verl
    trainer.v1.sampler.custom_sampler.name=replay_buffer
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
    reward.custom_reward_function.path="$here/reward.py" \
    algorithm.adv_estimator=grpo \
    actor_rollout_ref.model.path="$model" \
    actor_rollout_ref.rollout.name=vllm \
    actor_rollout_ref.rollout.n=8 \
    actor_rollout_ref.rollout.tensor_model_parallel_size=1 \
    actor_rollout_ref.rollout.gpu_memory_utilization=0.5 \
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
