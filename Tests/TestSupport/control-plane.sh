#!/usr/bin/env bash
# A control plane for one test process, on loopback; it ends when this script's standard input ends.
# usage: control-plane.sh DIRECTORY   (environment: KUBERNETES_BIN, ETCD, API_PORT, ETCD_PORT, PEER_PORT, MANAGER_PORT, SCHEDULER_PORT, PARTS)
# AUDITED_USER: write this user's requests to audit.log, and ask for rights on finalizers where deletion is blocked.
# PARTS=extensions: KUBERNETES_BIN has a current release's extension API server, which serves custom resources and little else.
# NODE_ADDRESS: also serve on this address of a network namespace, for a real node there; adds the node's keys.
set -euo pipefail
# What was inherited, such as other tests' sockets, would stay open here after its owner closed it; 255 is this script.
for descriptor in /proc/self/fd/*; do
    descriptor=${descriptor##*/}
    [ "$descriptor" -le 2 ] || [ "$descriptor" -eq 255 ] || eval "exec $descriptor>&-"
done
cd "$1"

certificate() { # name, subject, extensions
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$1.crt" -extfile <(printf '%b' "$3")
}
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -subj /CN=test-authority -days 30 -out ca.crt \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature
names=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1${NODE_ADDRESS:+,IP:10.96.0.1,IP:$NODE_ADDRESS}
certificate server /CN=kube-apiserver "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=$names\n"
certificate admin /O=system:masters/CN=admin 'keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n'
openssl genrsa -out accounts.key 2048
openssl rsa -in accounts.key -pubout -out accounts.pub

cat > tokens.csv <<END
admin-token,admin,admin,system:masters
manager-token,system:kube-controller-manager,manager
scheduler-token,system:kube-scheduler,scheduler
node-token,system:node:node,node,system:nodes
proxy-token,system:kube-proxy,proxy
END
for user in admin manager scheduler node proxy; do
    cat > $user.kubeconfig <<END
{"apiVersion": "v1", "kind": "Config", "current-context": "test",
 "clusters": [{"name": "test", "cluster": {"server": "https://127.0.0.1:$API_PORT", "certificate-authority": "$PWD/ca.crt"}}],
 "users": [{"name": "test", "user": {"token": "$user-token"}}],
 "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}
END
done

# Should this shell be killed, the kernel kills what it started.
start() { # name, command...
    setpriv --pdeathsig KILL -- "${@:2}" > "$1.log" 2>&1 < /dev/null &
    echo $! > "$1.pid"
}
until_input_ends() { # folder
    cat > /dev/null
    jobs -p | xargs --no-run-if-empty kill -KILL || true
    wait || true
    cd / && rm -rf "$1"
}
start etcd "$ETCD" --name test --data-dir etcd --log-level warn --logger zap \
    --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$PEER_PORT" \
    --initial-cluster "test=http://127.0.0.1:$PEER_PORT"
if [ "$PARTS" = extensions ]; then
    # Whom it knows may do everything: rights are a matter of the other parts of Kubernetes.
    start extensions-server "$KUBERNETES_BIN/extensions-server" --etcd-servers="http://127.0.0.1:$ETCD_PORT" \
        --bind-address=127.0.0.1 --secure-port="$API_PORT" --tls-cert-file=server.crt --tls-private-key-file=server.key \
        --client-ca-file=ca.crt --token-auth-file=tokens.csv
    until_input_ends "$1"
    exit
fi
# Without the controller manager nobody makes the service accounts that this admission plugin asks for.
admission=(); [ "$PARTS" = all ] || admission=(--disable-admission-plugins=ServiceAccount)
network=(--bind-address=127.0.0.1 --advertise-address=127.0.0.1 --endpoint-reconciler-type=none)
if [ -n "${NODE_ADDRESS:-}" ]; then
    certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client 'keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n'
    network=(--bind-address=0.0.0.0 --advertise-address="$NODE_ADDRESS" --endpoint-reconciler-type=lease)
    admission+=(--enable-admission-plugins=NodeRestriction --kubelet-preferred-address-types=InternalIP
        --kubelet-client-certificate=kubelet-client.crt --kubelet-client-key=kubelet-client.key)
fi
if [ -n "${AUDITED_USER:-}" ]; then
    cat > audit-policy.yaml <<END
{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
 "rules": [{"level": "Metadata", "users": ["$AUDITED_USER"]}, {"level": "None"}]}
END
    admission+=(--enable-admission-plugins=OwnerReferencesPermissionEnforcement
        --audit-policy-file=audit-policy.yaml --audit-log-path=audit.log)
fi
start kube-apiserver "$KUBERNETES_BIN/kube-apiserver" --etcd-servers="http://127.0.0.1:$ETCD_PORT" \
    "${network[@]}" --secure-port="$API_PORT" \
    --tls-cert-file=server.crt --tls-private-key-file=server.key --client-ca-file=ca.crt --token-auth-file=tokens.csv \
    --authorization-mode=Node,RBAC --service-cluster-ip-range=10.96.0.0/16 --allow-privileged=true \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=accounts.pub \
    --service-account-signing-key-file=accounts.key --max-requests-inflight=4000 "${admission[@]}"
if [ "$PARTS" = all ]; then
    # Old releases also listen on a fixed port without TLS unless told otherwise.
    flags=$("$KUBERNETES_BIN/kube-controller-manager" --help 2>&1)
    insecure=(); [[ $flags != *" --port int"* ]] || insecure=(--port=0)
    start kube-controller-manager "$KUBERNETES_BIN/kube-controller-manager" --kubeconfig=manager.kubeconfig \
        --bind-address=127.0.0.1 --secure-port="$MANAGER_PORT" --leader-elect=false --use-service-account-credentials=true \
        --service-account-private-key-file=accounts.key --root-ca-file=ca.crt --kube-api-qps=500 --kube-api-burst=500 \
        "${insecure[@]}"
    start kube-scheduler "$KUBERNETES_BIN/kube-scheduler" --kubeconfig=scheduler.kubeconfig --bind-address=127.0.0.1 \
        --secure-port="$SCHEDULER_PORT" --leader-elect=false --kube-api-qps=500 --kube-api-burst=500 "${insecure[@]}"
fi

until_input_ends "$1"
