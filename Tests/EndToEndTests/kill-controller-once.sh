#!/usr/bin/env bash
# Runs a command, and deletes the controller's pod without mercy as soon as a trial runs. A process of its own, so that
# nothing else of the tests can keep it waiting.
# usage: kill-controller-once.sh KUBECONFIG COMMAND...
set -uo pipefail
export KUBECONFIG=$1
shift

kill_once() {
    until [ -f "$KUBECONFIG" ] && kubectl get trials --no-headers 2> /dev/null | grep --count ' Running ' > /dev/null; do sleep 0.1; done
    kubectl -n aerie-system delete pod -l app.kubernetes.io/name=aerie-controller --force --grace-period=0 2> /dev/null \
        && echo "the controller was killed while a trial ran"
}

kill_once &
killer=$!
"$@"
code=$?
kill "$killer" 2> /dev/null
wait "$killer" 2> /dev/null
exit "$code"
