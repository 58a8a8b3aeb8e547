/**
 * Text for `sh` in a helper that shares a node's process namespace. A process is written `PID:START`: the number with the
 * time at which the process began (proc(5), `stat`, field 22), because numbers are used again.
 */

/** What of a node hangs. */
export type NodeDaemon = "kubelet" | "runtime";

/**
 * Names of processes (`comm`). Our node image runs upstream's programs. In rancher/k3s the kubelet is a thread of k3s, which
 * on an agent does nothing else that a running container needs; containerd is a process of its own in both.
 */
export const PROCESS_NAMES: Readonly<Record<NodeDaemon, readonly string[]>> = {
  kubelet: ["kubelet", "k3s-agent"],
  runtime: ["containerd"],
};

/** Prints `PID:START` of every process of the node itself with one of the names; pods' have a number more in NSpid. */
export function findProcesses(names: readonly string[]): string {
  return `
for process in /proc/[0-9]*; do
  case "$(cat $process/comm 2>/dev/null)" in ${names.join("|")}) ;; *) continue ;; esac
  [ "$(grep '^NSpid:' $process/status | wc -w)" = 2 ] || continue
  set -- $(cat $process/stat)
  echo "$1:\${22}"
done`;
}

/** Sends a signal to those of these processes that still live. */
export function signalProcesses(signal: "STOP" | "CONT", processes: readonly string[]): string {
  return eachAlive(processes, `kill -${signal} $pid`);
}

/** Prints `PID:STATE` of those that still live; T is stopped. */
export function statesOf(processes: readonly string[]): string {
  return eachAlive(processes, `echo "$pid:$3"`);
}

function eachAlive(processes: readonly string[], then: string): string {
  return `
for process in ${processes.join(" ")}; do
  pid=\${process%:*}
  set -- $(cat /proc/$pid/stat 2>/dev/null)
  [ "\${22:-}" = "\${process#*:}" ] || continue
  ${then}
done`;
}
