#!/bin/bash
# What k3d expects of its load balancer: forward the ports of /etc/confd/values.yaml to the nodes listed there, follow
# changes of the file, and log nginx's notices (k3d waits for "start worker processes"). Names are looked up again
# every two seconds, since a node may return with another address; one without an address is left out.
set -u
VALUES=/etc/confd/values.yaml
CONFIG=/etc/nginx/nginx.conf

# One line for each port: "6443.tcp node node …".
ports() {
  awk '/^[a-z]/ { section = $1 }
    section == "ports:" && /^ *[0-9]+\.(tcp|udp):/ { sub(":", "", $1); printf "%s%s", separator, $1; separator = "\n" }
    section == "ports:" && /^ *- / { printf " %s", $2 }
    END { print "" }' "$VALUES"
}

render() {
  echo "load_module /usr/lib/nginx/modules/ngx_stream_module.so;"
  echo "error_log stderr notice; worker_processes 1; events { worker_connections 4096; }"
  echo "stream { proxy_connect_timeout 2s; proxy_timeout 600s;"
  ports | while read -r port nodes; do
    servers=
    for node in $nodes; do
      address=$(getent ahostsv4 "$node" | awk '{ print $1; exit }')
      [ -n "$address" ] && servers="$servers server $address:${port%.*} max_fails=1 fail_timeout=5s;"
    done
    [ -n "$servers" ] || continue
    [ "${port#*.}" = udp ] && udp=" udp" || udp=
    echo "upstream p${port/./_} {$servers } server { listen ${port%.*}$udp; proxy_pass p${port/./_}; }"
  done
  echo "}"
}

until [ -s "$VALUES" ] && render >"$CONFIG" && grep -q upstream "$CONFIG"; do sleep 0.2; done
(
  while sleep 2; do
    render >"$CONFIG.next"
    if ! cmp -s "$CONFIG" "$CONFIG.next" && grep -q upstream "$CONFIG.next"; then
      mv "$CONFIG.next" "$CONFIG"
      nginx -s reload
    fi
  done
) &
exec nginx -g "daemon off;"
