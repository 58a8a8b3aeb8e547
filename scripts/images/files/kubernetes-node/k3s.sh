#!/bin/bash
# Answers the command line that k3d gives a node, with upstream Kubernetes components. It is not k3s, and says so.
# Reading order: flags, supervise, then control-plane (servers) or balancer (agents), then worker.
set -u
LIB=/usr/local/lib/firedrill-node
IDENTITY="firedrill kubernetes-node ${KUBERNETES_VERSION:-} (upstream Kubernetes behind k3s's command line; not k3s)"

case "${1:-}" in
  kubectl | ctr) exec "$@" ;;
  server | agent) ;;
  version | --version | -v) echo "$IDENTITY"; exit 0 ;;
  *) echo "$IDENTITY: expected server, agent, kubectl or ctr, received '${1:-}'" >&2; exit 64 ;;
esac

DATA=/var/lib/rancher/k3s
LOGS=/var/log/kubernetes
for part in flags supervise api control-plane balancer worker pod-network volumes manifests; do
  . "$LIB/$part.sh"
done

parse_flags "$@"
trap stop_node TERM INT
say "$IDENTITY: starting $ROLE $NAME at $IP"
# k3s makes kubelet.conf.d too: a node that is added later is told to read it, and has nothing in it.
mkdir -p "$LOGS" "$DATA/agent/etc/kubelet.conf.d" "$DATA/storage" /etc/rancher/k3s
forget_processes_of_before
start_containerd
if [ "$ROLE" = server ]; then
  start_control_plane
else
  start_balancer
fi
start_worker
create_volumes
if [ "$ROLE" = server ]; then
  adapt_manifests
  apply_manifests
  say "Cluster dns configmap is there" # k3d waits for "Cluster dns configmap", then for "k3s is up and running".
  say "k3s is up and running (as $IDENTITY)"
fi

round=0
while :; do
  update_routes
  [ "$ROLE" = agent ] && update_balancer
  [ "$ROLE" = server ] && apply_manifests
  ((round++ % 5 == 0)) && recycle_volumes
  ((round % 20 == 0)) && trim_logs
  nap 3
done
