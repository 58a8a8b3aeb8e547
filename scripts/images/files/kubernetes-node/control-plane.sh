# What only servers run: etcd, the API server, the controller manager and the scheduler.
TLS=$DATA/server/tls
# Every server has its own certificate; what signs it, and the key of the service accounts, are the cluster's.
SHARED=(ca.key ca.crt sa.key)

start_control_plane() {
  SERVER=https://127.0.0.1:6443
  mkdir -p "$TLS"
  start_etcd
  # Before there is a quorum: on a restart k3d starts the other servers only after this line.
  say "Running kube-apiserver"
  until etcdctl endpoint health >/dev/null 2>&1; do nap 0.2; done
  share_keys
  issue_certificate
  start_api_server
  local elect=false
  [ "$CLUSTER_INIT" = yes ] || [ -n "$JOIN" ] && elect=true
  kubeconfig "$SERVER" "$TLS/ca.crt" >/etc/rancher/k3s/k3s.yaml
  local handed_out=${K3S_KUBECONFIG_OUTPUT:-/output/kubeconfig.yaml}
  mkdir -p "${handed_out%/*}"
  cp /etc/rancher/k3s/k3s.yaml "$handed_out"
  until api_is_ready; do nap 0.2; done
  supervise controller-manager kube-controller-manager --kubeconfig=/etc/rancher/k3s/k3s.yaml \
    --service-account-private-key-file="$TLS/sa.key" --root-ca-file="$TLS/ca.crt" \
    --use-service-account-credentials=true --allocate-node-cidrs --cluster-cidr="$PODS" \
    --leader-elect=$elect "${CONTROLLER_ARGS[@]}"
  supervise scheduler kube-scheduler --kubeconfig=/etc/rancher/k3s/k3s.yaml --leader-elect=$elect \
    "${SCHEDULER_ARGS[@]}"
}

# Members know each other by name, since an address can change when containers start in another order.
start_etcd() {
  local members="$NAME=http://$NAME:2380" state=new
  if [ -n "$JOIN" ] && [ ! -d "$DATA/server/db/member" ]; then
    state=existing
    members=$(join_etcd)
  fi
  # The time limits are k3s's (pkg/etcd/etcd.go). Nothing survives a crash of the machine, hence no fsync.
  supervise etcd etcd --name "$NAME" --data-dir "$DATA/server/db" --unsafe-no-fsync \
    --heartbeat-interval 500 --election-timeout 5000 \
    --listen-client-urls "http://127.0.0.1:2379,http://$IP:2379" --advertise-client-urls "http://$NAME:2379" \
    --listen-peer-urls "http://$IP:2380" --initial-advertise-peer-urls "http://$NAME:2380" \
    --initial-cluster "$members" --initial-cluster-state $state --initial-cluster-token firedrill \
    "${ETCD_ARGS[@]}"
}

# Becomes a member by way of the server we were pointed at; prints all members. Not before that one serves: from here
# on a quorum needs us. Our own earlier self, whose data is gone, is taken out first. etcd refuses while another
# member is just joining, so this tries again.
join_etcd() {
  local host=${JOIN#https://} answer old
  until [ "$(SERVER=$JOIN api /readyz)" = ok ]; do nap 0.5; done
  local ask=(etcdctl --endpoints "http://${host%%[:/]*}:2379")
  while :; do
    old=$("${ask[@]}" member list 2>/dev/null | awk -F ", " -v url="http://$NAME:2380" '$4 == url { print $1 }')
    [ -n "$old" ] && "${ask[@]}" member remove "$old" >>"$LOGS/join.log" 2>&1
    answer=$("${ask[@]}" member add "$NAME" --peer-urls="http://$NAME:2380" 2>>"$LOGS/join.log") && break
    nap 0.5
  done
  sed -n 's/^ETCD_INITIAL_CLUSTER="\(.*\)"$/\1/p' <<<"$answer"
}

share_keys() {
  local file
  if [ -z "$JOIN" ] && [ ! -s "$TLS/sa.key" ]; then
    openssl ecparam -genkey -name prime256v1 -noout -out "$TLS/ca.key"
    openssl req -x509 -new -key "$TLS/ca.key" -days 3650 -subj "/CN=firedrill rehearsal cluster" -out "$TLS/ca.crt"
    openssl ecparam -genkey -name prime256v1 -noout -out "$TLS/sa.key"
    for file in "${SHARED[@]}"; do
      until etcdctl put "/firedrill/$file" <"$TLS/$file" >/dev/null; do nap 0.5; done
    done
  fi
  for file in "${SHARED[@]}"; do
    until [ -s "$TLS/$file" ]; do
      etcdctl get --print-value-only "/firedrill/$file" >"$TLS/$file"
      [ -s "$TLS/$file" ] || nap 0.5
    done
  done
}

# New at every start, because the address may be.
issue_certificate() {
  local names="DNS:localhost,DNS:$NAME,IP:127.0.0.1,IP:$IP,IP:$FIRST_SERVICE_IP" name
  for name in kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local; do
    names="$names,DNS:$name"
  done
  for name in "${NAMES[@]}"; do
    if [[ $name =~ ^[0-9.]+$ ]]; then names="$names,IP:$name"; else names="$names,DNS:$name"; fi
  done
  openssl ecparam -genkey -name prime256v1 -noout -out "$TLS/tls.key"
  openssl req -new -key "$TLS/tls.key" -subj /CN=kube-apiserver |
    openssl x509 -req -CA "$TLS/ca.crt" -CAkey "$TLS/ca.key" -CAcreateserial -days 3650 \
      -extfile <(echo "subjectAltName=$names") -out "$TLS/tls.crt" 2>/dev/null
}

start_api_server() {
  echo "$TOKEN,admin,admin,\"system:masters\"" >"$TLS/tokens.csv"
  supervise apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
    --tls-cert-file="$TLS/tls.crt" --tls-private-key-file="$TLS/tls.key" --token-auth-file="$TLS/tokens.csv" \
    --authorization-mode=Node,RBAC --service-cluster-ip-range="$SERVICES" --advertise-address="$IP" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-signing-key-file="$TLS/sa.key" --service-account-key-file="$TLS/sa.key" \
    --allow-privileged=true --enable-aggregator-routing=true "${API_ARGS[@]}"
}
