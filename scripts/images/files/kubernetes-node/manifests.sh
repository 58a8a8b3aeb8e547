# Manifests beside the server are applied once for each content, whoever of the servers sees it first: applied again
# they would undo what others have changed since, such as the host names that k3d writes into CoreDNS's ConfigMap.
MANIFESTS=$DATA/server/manifests
SEEN=$DATA/server/manifests-seen

# The address of the cluster's resolver lies in the range of services, which a flag may have moved.
adapt_manifests() { sed -i "s/clusterIP: .*/clusterIP: $DNS_IP/" "$MANIFESTS/coredns.yaml"; }

apply_manifests() {
  local file name sum
  mkdir -p "$SEEN"
  for file in "$MANIFESTS"/*.yaml; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .yaml)
    case "$DISABLED" in *",$name,"*) continue ;; esac
    sum=$(md5sum <"$file")
    [ "$(cat "$SEEN/$name" 2>/dev/null)" = "$sum" ] && continue
    if [ "$(etcdctl get --print-value-only "/firedrill/manifests/$name" 2>/dev/null)" != "$sum" ]; then
      k apply -f "$file" >>"$LOGS/manifests.log" 2>&1 || continue
      etcdctl put "/firedrill/manifests/$name" "$sum" >/dev/null 2>&1
    fi
    echo "$sum" >"$SEEN/$name"
  done
}
