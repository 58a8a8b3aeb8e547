# The flags that k3d passes on, `--flag=value` or `--flag value`. Whatever has no effect here is named in the log.
API_ARGS=() CONTROLLER_ARGS=() SCHEDULER_ARGS=() KUBELET_ARGS=() PROXY_ARGS=() ETCD_ARGS=()
LABELS=() LATE_LABELS=() TAINTS=() NAMES=() DISABLED=,
CLUSTER_INIT=no
JOIN=${K3S_URL:-}
TOKEN=${K3S_TOKEN:-firedrill}
PODS=10.42.0.0/16 # k3s's defaults, https://docs.k3s.io/cli/server
SERVICES=10.43.0.0/16
NAME=$(hostname | tr "[:upper:]" "[:lower:]") # as the kubelet does
IP=$(hostname -i | cut -d " " -f 1)

parse_flags() {
  ROLE=$1
  shift
  while [ $# -gt 0 ]; do
    local flag=${1%%=*} value=
    case $1 in
      *=*) value=${1#*=} ;;
      --cluster-init) ;;
      *) if [ $# -gt 1 ] && [ "${2#-}" = "$2" ]; then value=$2; shift; fi ;;
    esac
    shift
    take_flag "$flag" "$value"
  done
  FIRST_SERVICE_IP=${SERVICES%.*}.1
  DNS_IP=${SERVICES%.*}.10
}

take_flag() {
  local flag=$1 value=$2
  case $flag in
    --kube-apiserver-arg) API_ARGS+=("--${value#--}") ;;
    --kube-controller-manager-arg | --kube-controller-arg) CONTROLLER_ARGS+=("--${value#--}") ;;
    --kube-scheduler-arg) SCHEDULER_ARGS+=("--${value#--}") ;;
    --kubelet-arg) KUBELET_ARGS+=("--${value#--}") ;;
    --kube-proxy-arg) PROXY_ARGS+=("--${value#--}") ;;
    --etcd-arg) ETCD_ARGS+=("--${value#--}") ;;
    --service-node-port-range) API_ARGS+=("--service-node-port-range=$value") ;;
    --node-label) take_label "$value" ;;
    --node-taint) TAINTS+=("$value") ;;
    --tls-san) NAMES+=("$value") ;;
    --disable) DISABLED="$DISABLED$value," ;;
    --cluster-init) CLUSTER_INIT=yes ;;
    --server) JOIN=$value ;;
    --token) TOKEN=$value ;;
    --cluster-cidr) PODS=$value ;;
    --service-cidr) SERVICES=$value ;;
    --node-name) NAME=$value ;;
    --node-ip) IP=$value ;;
    *) say "the flag $flag has no effect on this node" ;;
  esac
}

# A kubelet may not give itself labels of Kubernetes' own domains; they are set from outside after it has registered.
take_label() {
  case ${1%%=*} in
    *kubernetes.io/* | *k8s.io/*) LATE_LABELS+=("$1") ;;
    *) LABELS+=("$1") ;;
  esac
}

joined() { local IFS=,; echo "$*"; }
