# What every node runs: containerd, the kubelet and kube-proxy.

start_containerd() {
  # Where CAP_SYS_RESOURCE (number 24) is withheld, nobody may ask for it, nor for a negative out-of-memory score.
  local bounding withheld=true
  bounding=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
  (((16#$bounding >> 24) & 1)) && withheld=false
  if $withheld; then ln -sf "$LIB/runc-without-sys-resource" /usr/local/sbin/runc; fi
  mkdir -p /etc/containerd
  cat >/etc/containerd/config.toml <<TOML
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = $withheld
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
TOML
  supervise containerd containerd
  until ctr version >/dev/null 2>&1; do nap 0.1; done
  say "Containerd is now running"
  import_images &
  IMPORT=$!
}

# Images that lie beside the node's programs, as k3s takes them: once for each file.
import_images() {
  local tar done
  for tar in "$DATA"/agent/images/*.tar; do
    done=/var/lib/containerd/imported-$(basename "$tar")-$(stat -c %s "$tar" 2>/dev/null)
    [ -f "$tar" ] && [ ! -e "$done" ] && ctr images import "$tar" >>"$LOGS/images.log" 2>&1 && touch "$done"
  done
}

start_worker() {
  kubeconfig "$SERVER" >"$DATA/agent/kubeconfig"
  wait "$IMPORT"
  start_kubelet
  # Of this start: a node that was registered before is still listed, with the words of its earlier life.
  until k get node "$NAME" >/dev/null 2>&1; do nap 0.3; done
  say "Successfully registered node $NAME"
  [ "$ROLE" = server ] && LATE_LABELS+=(node-role.kubernetes.io/control-plane=true)
  [ ${#LATE_LABELS[@]} -gt 0 ] && until k label --overwrite node "$NAME" "${LATE_LABELS[@]}" >/dev/null; do nap 1; done
  connect_pods
  supervise kube-proxy kube-proxy --kubeconfig="$DATA/agent/kubeconfig" --hostname-override="$NAME" \
    --cluster-cidr="$PODS" --proxy-mode=iptables --conntrack-max-per-core=0 \
    --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 "${PROXY_ARGS[@]}"
}

start_kubelet() {
  mkdir -p /var/lib/kubelet
  # Images came with the node and could not be fetched again: none is ever collected. The disk is the host's, which
  # may well be fuller than Kubernetes' defaults allow; memory is guarded as upstream does.
  cat >/var/lib/kubelet/config.yaml <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
failCgroupV1: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
clusterDNS: [$DNS_IP]
clusterDomain: cluster.local
resolvConf: /etc/resolv.conf
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, imagefs.available: 1%, nodefs.available: 1%}
YAML
  supervise kubelet kubelet --kubeconfig="$DATA/agent/kubeconfig" --config=/var/lib/kubelet/config.yaml \
    --hostname-override="$NAME" --node-ip="$IP" --node-labels="$(joined "${LABELS[@]}")" \
    --register-with-taints="$(joined "${TAINTS[@]}")" "${KUBELET_ARGS[@]}"
}
