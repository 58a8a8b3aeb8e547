#!/bin/sh
# nvidia-smi, lspci or dmesg (by the name it is called) of the GPUs of a Firedrill mock. Needs one of curl, wget, node,
# python3 or bash. FIREDRILL_GPU_URL says where the mock is. Loops (-l) until it is stopped.
url="${FIREDRILL_GPU_URL:-http://gpu:9401}/run"
words=$(printf '%s\n' "${0##*/}" "$@")

ask() {
  if command -v curl >/dev/null 2>&1; then
    printf '%s\n' "$words" | curl -sS --fail --data-binary @- -H 'content-type: text/plain' "$url"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O - --post-data="$words" "$url"
  elif command -v node >/dev/null 2>&1; then
    node -e '
      const [url, body] = process.argv.slice(1);
      const answer = await fetch(url, { method: "POST", body });
      if (!answer.ok) process.exit(1);
      process.stdout.write(await answer.text());' --input-type=module "$url" "$words" 2>/dev/null
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c '
import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], sys.argv[2].encode()).read())' "$url" "$words" 2>/dev/null
  elif command -v bash >/dev/null 2>&1; then
    bash -c '
      address=${1#http://}; address=${address%%/*}; host=${address%:*}; port=${address##*:}
      LC_ALL=C
      exec 3<>"/dev/tcp/$host/$port" || exit 1
      printf "POST /run HTTP/1.0\r\nhost: %s\r\ncontent-length: %d\r\n\r\n%s" "$address" "${#2}" "$2" >&3
      while IFS= read -r line <&3; do [ "${line%$(printf "\r")}" ] || break; done
      while IFS= read -r line <&3; do printf "%s\n" "$line"; done' _ "$url" "$words"
  else
    return 1
  fi
}

while :; do
  # The dot keeps the line feeds at the end.
  if ! answer=$(ask && printf .); then
    # As when the library cannot reach the driver.
    printf 'NVIDIA-SMI has failed because it could not communicate with the mock at %s\n' "$url"
    exit 9
  fi
  answer=${answer%.}
  head=${answer%%
*}
  printf '%s' "${answer#*
}"
  loop=${head#* }
  if [ "$loop" = - ]; then
    exit "${head%% *}"
  fi
  sleep "$((loop / 1000)).$(printf '%03d' "$((loop % 1000))")"
done
