#!/bin/sh
# As in k3s, ctr sees Kubernetes' images and containers unless told otherwise.
export CONTAINERD_NAMESPACE="${CONTAINERD_NAMESPACE:-k8s.io}"
exec /usr/bin/ctr "$@"
