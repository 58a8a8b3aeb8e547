# Pods get addresses of their node's range; a route to every other node's range makes one network of them.

connect_pods() {
  local range=
  until [ -n "$range" ]; do
    range=$(k get node "$NAME" -o jsonpath='{.spec.podCIDR}' 2>/dev/null) || range=
    [ -n "$range" ] || nap 0.3
  done
  mkdir -p /etc/cni/net.d
  cat >/etc/cni/net.d/10-firedrill.conflist <<JSON
{"cniVersion": "0.3.1", "name": "firedrill", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true, "ipam": {
    "type": "host-local", "ranges": [[{"subnet": "$range"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  # Between pods addresses stay as they are; only what leaves the cluster gets the node's.
  iptables -w -t nat -A POSTROUTING -s "$PODS" ! -d "$PODS" -j MASQUERADE
}

update_routes() {
  api /api/v1/nodes | jq -r --arg me "$NAME" '.items[] | select(.metadata.name != $me and .spec.podCIDR != null)
    | "\(.spec.podCIDR) \(.status.addresses[] | select(.type == "InternalIP").address)"' |
    while read -r range address; do
      ip route replace "$range" via "$address" 2>>"$LOGS/routes.log"
    done
}
