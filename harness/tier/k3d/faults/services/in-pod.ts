import type Docker from "dockerode";
import { LABEL_PART } from "../../../../stack/labels.ts";
import { type CommandResult, runHelper, type Toolbox } from "../../../compose/faults/toolbox.ts";

/** A pod as the kernel knows it: the node's container, and the id that is in its control groups' names. */
export interface PodPlace {
  readonly node: string;
  readonly uid: string;
}

/** Exit status of a script whose pod has no process left on its node. */
export const POD_GONE = 97;

/**
 * Finds one process of the pod, by its control groups, and calls it `$sandbox`: the one that holds the pod's namespaces if
 * it is there, because it outlives the containers. With the systemd driver the id is written with underscores. `$1`: the
 * pod's id. Works alike in our node image and in rancher/k3s, and needs no container runtime.
 */
const FIND_POD = `
sandbox=
for process in $(grep -ls -e "pod$1" -e "pod$(echo "$1" | tr - _)" /proc/[0-9]*/cgroup | cut -d/ -f3 | sort -n); do
  [ -n "$sandbox" ] || sandbox=$process
  if [ "$(cat "/proc/$process/comm" 2>/dev/null)" = pause ]; then sandbox=$process; break; fi
done
[ -n "$sandbox" ] || exit ${POD_GONE}`;

/**
 * Shell functions. `group CONTROLLER`: the folder of the pod's control group, in version 1 (one hierarchy for each set of
 * controllers, folders named after the sets) or 2 (one for all, `0::PATH`); cgroups(7). The sandbox's own group is in it.
 * `memory_limit`: the file with the pod's limit. `shared_memory`: where the node mounts what the pod has as /dev/shm, which
 * the sandbox itself may only read: the mount of the same device (proc_pid_mountinfo(5): field 3; field 5 is the place, the
 * last mount there is the visible one).
 */
const FUNCTIONS = `
group() {
  line=$(grep -m1 -E "^[0-9]+:([^:]*,)?$1(,[^:]*)?:" "/proc/$sandbox/cgroup")
  if [ -n "$line" ]; then echo "/host-cgroup/$(echo "$line" | cut -d: -f2)$(dirname "$(echo "$line" | cut -d: -f3-)")"
  else echo "/host-cgroup$(dirname "$(sed -n 's/^0:://p' "/proc/$sandbox/cgroup")")"; fi
}
memory_limit() {
  if [ -e "$(group memory)/memory.max" ]; then echo "$(group memory)/memory.max"
  else echo "$(group memory)/memory.limit_in_bytes"; fi
}
shared_memory() {
  device=$(awk '$5 == "/dev/shm" { device = $3 } END { print device }' "/proc/$sandbox/mountinfo")
  place=$(awk -v device="$device" '$3 == device { print $5; exit }' /proc/1/mountinfo)
  [ -n "$place" ] && echo "/proc/1/root$place"
}`;

/** Its processes are the node's, its network is the node's, and it sees the engine's control groups. */
const insideNode = (node: string): Docker.HostConfig =>
  ({
    NetworkMode: `container:${node}`,
    PidMode: `container:${node}`,
    UsernsMode: "host",
    CgroupnsMode: "host",
    Privileged: true,
    Binds: ["/sys/fs/cgroup:/host-cgroup"],
    // The engine's `CgroupnsMode` is missing in the type.
  }) as Docker.HostConfig;

/**
 * The command that runs a script beside the pod. It is for `sh`, with `$sandbox` and the functions; `$1` is the pod's id,
 * `$2` and on are `args`.
 */
export function besidePod(uid: string, script: string, args: readonly string[] = []): string[] {
  return ["sh", "-c", `${FIND_POD}\n${FUNCTIONS}\n${script}`, "pod", uid, ...args];
}

/** Runs a script beside a pod in a helper of its own. Status {@link POD_GONE} when the pod has no process left. */
export function runBesidePod(
  toolbox: Toolbox,
  { node, uid }: PodPlace,
  script: string,
  args: readonly string[] = [],
): Promise<CommandResult> {
  return runHelper(toolbox, besidePod(uid, script, args), insideNode(node));
}

/** Starts a helper that stays beside a pod until its script ends or it is removed. Mark the toolbox. */
export async function startBesidePod(
  toolbox: Toolbox,
  { node, uid }: PodPlace,
  script: string,
  args: readonly string[] = [],
): Promise<string> {
  const container = await toolbox.docker.createContainer({
    Image: toolbox.image,
    Entrypoint: [],
    Cmd: besidePod(uid, script, args),
    Labels: { ...toolbox.labels, [LABEL_PART]: "fault-helper" },
    HostConfig: { ...insideNode(node), AutoRemove: true },
  });
  await container.start();
  return container.id;
}

/** Script beside a pod: runs the command in its arguments in the pod's network. */
export const IN_PODS_NETWORK = 'shift; exec nsenter -t "$sandbox" -n "$@"';

/** The command that runs another in the pod's network, for a helper that stays. */
export function inPodsNetwork(uid: string, argv: readonly string[]): string[] {
  return besidePod(uid, IN_PODS_NETWORK, argv);
}
