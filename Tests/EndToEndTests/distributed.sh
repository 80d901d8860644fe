#!/usr/bin/env bash
# Trains examples/distributed on a local cluster under the real operator, and kills a worker of the first job on the way.
# usage: distributed.sh PROGRAMS STATE
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/environment.sh
readonly bin=$1 state=$2
export KUBECONFIG=$state/cluster/kubeconfig

stop() {
    local code=$?
    trap - EXIT
    # Everything is stopped, even when nobody reads any more what is said here.
    trap '' PIPE
    set +e
    if [ "$code" != 0 ]; then
        kubectl get tfjobs,pods -o wide
        for pod in $(kubectl get pods -o name); do echo "--- $pod"; kubectl logs "$pod" --tail=15; done
    fi
    "$bin/aerie" local down --state "$state/cluster"
    exit "$code"
}
trap stop EXIT
trap 'exit 130' INT TERM

# logs_say POD PATTERN; read to their end, as kubectl fails when nobody reads on.
logs_say() { kubectl logs "$1" 2> /dev/null | grep --count "$2" > "$state/matches"; }

mkdir -p "$state"
scripts/local-cluster "$bin" "$state/cluster" > /dev/null

kubectl apply -f examples/distributed/
# In the middle of the training, as a machine that is out of memory does it.
deadline=$((SECONDS + 180))
until logs_say all-reduce-chief-0 '"step":[2-9]00,'; do
    [ $SECONDS -lt $deadline ] || fail "the all-reduce job did not train"
    sleep 0.2
done
uid=$(kubectl get pod all-reduce-worker-1 -o jsonpath='{.metadata.uid}')
for process in $(grep --null-data --files-with-matches '^TF_CONFIG=.*all-reduce-.*"index":1' /proc/[0-9]*/environ 2> /dev/null); do
    process=${process%/environ}
    if [ "$(cat "$process/comm")" = aerie-trainer ]; then kill -KILL "${process#/proc/}" && echo "worker 1 was killed"; fi
done
kubectl wait --for=condition=Succeeded tfjob/all-reduce tfjob/parameter-server tfjob/evaluator --timeout=240s
kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/evaluator-evaluator-0 --timeout=60s
[ "$(kubectl get pod all-reduce-worker-1 -o jsonpath='{.metadata.uid}')" != "$uid" ] && echo "worker 1 is another pod"
logs_say all-reduce-chief-0 'a task was lost' && echo "the chief went on from a checkpoint"

# The same training by one task, on this machine.
trainer=$(kubectl get tfjob all-reduce -o jsonpath='{.spec.tfReplicaSpecs.Chief.template.spec.containers[0].args[3]}')
TF_CPP_MIN_LOG_LEVEL=2 "$bin/aerie-trainer" train --data "$AERIE_CACHE/datasets/landsat/trial" \
    --checkpoints "$state/alone" --log json "$trainer" > "$state/alone.log"
score() { grep '"message":"progress"' | tail -n 1 | sed -E 's/.*"validation\/accuracy":([0-9.]+).*/\1/'; }
echo "accuracy alone $(score < "$state/alone.log")"
echo "accuracy all-reduce $(kubectl logs all-reduce-chief-0 | score)"
echo "accuracy evaluator $(kubectl logs evaluator-chief-0 | score)"
echo "accuracy parameter-server $(kubectl logs parameter-server-worker-0 | score)"
for job in all-reduce parameter-server; do
    echo "attempts of $job: $(ls "$state/cluster/volumes/default/checkpoints/$job/attempts" | wc -l)"
done
echo "evaluations: $(ls "$state"/cluster/volumes/default/checkpoints/evaluator/evaluators/*/evaluations | wc -l)"
kubectl get pods -l training.kubeflow.org/job-name=parameter-server \
    -o custom-columns=N:.metadata.name,P:.status.phase --no-headers
