# Processes of the node: started, started again when they end, and stopped with it.
STOPPING=/run/firedrill-node-stopping

say() { echo "time=\"$(date -u +%FT%TZ)\" level=info msg=\"$*\""; }

# A sleep that a signal ends.
nap() { sleep "$1" & wait $!; }

# supervise NAME COMMAND...: looks at nothing but its end, so a component that a fault has stopped (SIGSTOP) stays so.
supervise() {
  local name=$1
  shift
  (
    while :; do
      "$@" >>"$LOGS/$name.log" 2>&1
      local status=$?
      [ -e "$STOPPING" ] && exit
      say "$name ended with status $status; starting it again"
      sleep 1
    done
  ) &
}

# Everything else ends with the container; etcd hands its leadership over first, if it still can.
stop_node() {
  say "stopping"
  touch "$STOPPING"
  pkill -TERM -x etcd
  for _ in $(seq 20); do pgrep -x etcd >/dev/null || break; sleep 0.1; done
  exit 0
}

# This container has just started, so no process, mount or address of an earlier start is in use any more.
forget_processes_of_before() {
  rm -rf "$STOPPING" /run/containerd /run/nginx.pid /var/lib/cni/networks
  mount --make-rshared /
}

# The container's log stays small by itself; these files are kept below 16 MiB each.
trim_logs() {
  local file
  for file in $(find "$LOGS" -name "*.log" -size +16M); do
    tail -c 4M "$file" >"$file.tail"
    cat "$file.tail" >"$file"
    rm "$file.tail"
  done
}
