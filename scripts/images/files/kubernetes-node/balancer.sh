# What only agents run: a balancer on 127.0.0.1:6444 that learns all servers, so that any one of them may be lost.
BALANCER=/etc/nginx/api-servers.conf
KNOWN=

start_balancer() {
  SERVER=https://127.0.0.1:6444
  until point_balancer_at "$(address_of_first_server)"; do nap 0.5; done
  supervise balancer nginx -c "$BALANCER" -g "daemon off;"
  until api_is_ready; do update_balancer; nap 0.5; done
}

# The servers as the API names them; while none answers, the one we were pointed at, whose address may have changed.
update_balancer() {
  local now
  now=$(api /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes |
    jq -r '[.endpoints[].addresses[]] | sort | join(" ")')
  [ -n "$now" ] || now=$(printf "%s\n" $KNOWN "$(address_of_first_server)" | sort -u | xargs)
  [ "$now" = "$KNOWN" ] || { point_balancer_at "$now" && nginx -c "$BALANCER" -s reload 2>>"$LOGS/balancer.log"; }
}

address_of_first_server() {
  local host=${JOIN#https://}
  getent ahostsv4 "${host%%[:/]*}" | awk '{ print $1; exit }'
}

# point_balancer_at "ADDRESS ADDRESS": writes its configuration.
point_balancer_at() {
  [ -n "$1" ] || return 1
  KNOWN=$1
  cat >"$BALANCER" <<NGINX
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
error_log stderr notice;
worker_processes 1;
events {}
stream {
  upstream servers { $(printf 'server %s:6443 max_fails=1 fail_timeout=5s; ' $1) }
  server { listen 127.0.0.1:6444; proxy_pass servers; proxy_connect_timeout 1s; proxy_timeout 600s; }
}
NGINX
}
