import { runHelper, succeeded, type Toolbox } from "../../compose/faults/toolbox.ts";
import { guardScript } from "./outside.ts";

/**
 * The gateway sends a node packets that leave it by the interface they came in on. To that a kernel answers with
 * redirects, which use up its allowance of error messages (ip_rt_send_redirect and inet_peer_xrlim_allow share it), so that
 * refusals turn into silence; and even without redirects one address is told of one refusal a second, and all our
 * clients share the gateway's.
 */
const TELL_EVERY_REFUSAL = [
  'for device in /proc/sys/net/ipv4/conf/*; do echo 0 > "$device/send_redirects"; done',
  "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit",
];

/**
 * Makes a node that has come up fit for the gateway, and watches its way out: it refuses at once what it or its pods send to
 * anything but `inner` (pods, Services, the clusters' network). Idempotent. All of it goes with the node's network
 * namespace, so a node that was started again needs it anew. @throws RUN_FAULT
 */
export async function prepareNode(
  toolbox: Toolbox,
  containerId: string,
  inner: readonly string[],
): Promise<void> {
  const script = [...TELL_EVERY_REFUSAL, guardScript(inner)].join("\n");
  // Privileged: elsewhere the engine mounts /proc/sys read-only.
  const host = { NetworkMode: `container:${containerId}`, Privileged: true };
  succeeded("preparing a node's network", await runHelper(toolbox, ["sh", "-c", script], host));
}
