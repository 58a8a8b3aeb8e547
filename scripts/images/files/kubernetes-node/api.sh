# Talking to the Kubernetes API. One token opens everything: this cluster lives for one rehearsal.

# api PATH [CURL-OPTION...]: the answer, or failure.
api() {
  local path=$1
  shift
  curl -sfk --max-time 3 -H "Authorization: Bearer $TOKEN" "$@" "$SERVER$path"
}

api_is_ready() { [ "$(api /readyz)" = ok ]; }

# kubeconfig SERVER [CA-FILE]: without a file the server is not checked.
kubeconfig() {
  local trust="insecure-skip-tls-verify: true"
  [ $# -gt 1 ] && trust="certificate-authority-data: $(base64 -w 0 "$2")"
  cat <<YAML
apiVersion: v1
kind: Config
clusters: [{name: default, cluster: {server: "$1", $trust}}]
users: [{name: default, user: {token: "$TOKEN"}}]
contexts: [{name: default, context: {cluster: default, user: default}}]
current-context: default
YAML
}

k() { kubectl --kubeconfig "$DATA/agent/kubeconfig" "$@"; }
