#!/usr/bin/env bash
# Submits a run to a Ray cluster. DATA, MODEL and CHECKPOINTS are paths that every node sees; insight-rl is
# installed on every node.
#
#     on the head:     ray start --head
#     on the others:   ray start --address=HEAD:6379
#     from anywhere:   RAY_ADDRESS=http://HEAD:8265 DATA=/shared/data CHECKPOINTS=/shared/run MODEL=/shared/model \
#                      bash cluster.sh run.sh trainer.nnodes=4 trainer.n_gpus_per_node=8
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$1
shift

ray job submit \
    --address "${RAY_ADDRESS:?the address of the cluster, such as http://HEAD:8265}" \
    --working-dir "$here" \
    --runtime-env-json "{\"env_vars\": {\"DATA\": \"${DATA:?}\", \"MODEL\": \"${MODEL:?}\", \"CHECKPOINTS\": \"${CHECKPOINTS:?}\"}}" \
    -- bash "$script" "$@"
