# Room for claims: some volumes on every node, of the class local-path. Sizes are promises, nothing enforces them.
VOLUMES_PER_NODE=4

create_volumes() {
  local number
  for number in $(seq $VOLUMES_PER_NODE); do
    volume "$NAME-$number" "$DATA/storage/volume-$number"
  done | k create -f - >>"$LOGS/volumes.log" 2>&1
}

volume() {
  mkdir -p -m 0777 "$2"
  cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1, labels: {firedrill.dev/node: $NAME}}
spec:
  capacity: {storage: 20Gi}
  accessModes: [ReadWriteOnce, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: local-path
  local: {path: $2}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [
    {key: kubernetes.io/hostname, operator: In, values: [$NAME]}]}]}}
YAML
}

# Local volumes can't be deleted by Kubernetes. What a deleted claim leaves is emptied and offered again, as k3s's
# provisioner would do with its folders.
recycle_volumes() {
  local name path
  api "/api/v1/persistentvolumes?labelSelector=firedrill.dev/node=$NAME" |
    jq -r '.items[] | select(.status.phase == "Released") | "\(.metadata.name) \(.spec.local.path)"' |
    while read -r name path; do
      find "$path" -mindepth 1 -delete
      k delete pv "$name" --timeout=10s >>"$LOGS/volumes.log" 2>&1 </dev/null
      volume "$name" "$path" | k create -f - >>"$LOGS/volumes.log" 2>&1
    done
}
