import { FiredrillError } from "../../../../error.ts";
import type { Confirmation } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { addressesOf } from "../../../compose/faults/addresses.ts";
import { tokenBucket } from "../../../compose/faults/kernel-queue.ts";
import { queueHandle } from "../../../compose/faults/rules.ts";
import type { Target } from "../../../compose/faults/target.ts";
import {
  execIn,
  findHelpers,
  inNetworkOf,
  marked,
  removeHelpers,
  runHelper,
  startHelper,
  succeeded,
  type Toolbox,
} from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import { deviceOf } from "./egress-queue.ts";

/** The engine's own network: what a node receives passes there through the other end of its virtual cable. */
export const ENGINES_NETWORK = { NetworkMode: "host", CapAdd: ["NET_ADMIN"] };

/** A queue in front of a node: it slows down all that the node receives. */
export interface HostQueue {
  readonly undo: readonly UndoAction[];
  apply(bytesPerSecond: number, ttlMs: number): Promise<void>;
  look(): Promise<Confirmation>;
}

/** Finds the cable; changes nothing. `token` must differ from other faults' on the same node. */
export async function hostQueue(toolbox: Toolbox, target: Target, token: string): Promise<HostQueue> {
  const device = await engineEndOf(toolbox, target);
  const handle = queueHandle(token);
  let helper = "";
  return {
    undo: [{ op: "remove-host-queue", args: { device, handle, token, ...toolboxArgs(toolbox) } }],
    async apply(bytesPerSecond, ttlMs) {
      await removeHelpers(toolbox.docker, token);
      // It stays to take the queue away when the time is up, even if nobody else is left to do it.
      const atEnd = `sleep ${Math.ceil(ttlMs / 1_000)}; tc qdisc del dev ${device} root handle ${handle}`;
      helper = await startHelper(marked(toolbox, token), ["sh", "-c", atEnd], ENGINES_NETWORK);
      const add = `tc qdisc add dev ${device} root handle ${handle} ${tokenBucket(bytesPerSecond)}`;
      succeeded("adding a queue", await execIn(toolbox.docker, helper, ["sh", "-c", add]));
    },
    async look() {
      if (!(await findHelpers(toolbox.docker, token)).includes(helper)) {
        return { confirmed: false, evidence: "the helper that ends the fault in time is gone" };
      }
      const { output } = await execIn(toolbox.docker, helper, ["sh", "-c", showQueue(device, handle)]);
      return {
        confirmed: output !== "",
        evidence: output === "" ? `the queue before it is gone` : `before it, in the kernel: ${output}`,
      };
    },
  };
}

/** Prints the queue; nothing when it is gone, or its device. */
export function showQueue(device: string, handle: string): string {
  return `tc qdisc show dev ${device} 2>/dev/null | grep ' ${handle} root ' || true`;
}

/** The name of the cable's other end in the engine's network. @throws RUN_FAULT */
async function engineEndOf(toolbox: Toolbox, { id, info, service }: Target): Promise<string> {
  const [address] = addressesOf(info);
  const index = `ip -o link show dev "$(${deviceOf(address ?? "")})" | sed -n 's/^[0-9]*: [^@]*@if\\([0-9]*\\):.*/\\1/p'`;
  const number = succeeded("looking for a device", await inNetworkOf(toolbox, id, ["sh", "-c", index]));
  const name = `ip -o link show | sed -n 's/^${Number(number)}: \\([^@:]*\\).*/\\1/p'`;
  const device = succeeded(
    "looking for a device",
    await runHelper(toolbox, ["sh", "-c", name], ENGINES_NETWORK),
  );
  if (/^[\w.-]+$/.test(device)) return device;
  throw new FiredrillError("RUN_FAULT", `the cable of "${service}" is not found in the engine's network`, {
    received: device || `no device number ${number}`,
    expected: "a pair of virtual devices (veth), as the engine's bridge networks have it",
  });
}
