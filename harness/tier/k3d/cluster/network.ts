import type Docker from "dockerode";
import { networkInterfaces } from "node:os";
import { FiredrillError } from "../../../error.ts";
import { clusterPrefix } from "./names.ts";

/** The network that all clusters of a trial share. */
export interface TrialNetwork {
  readonly name: string;
  readonly id: string;
  /** `198.18.7.0/24`. */
  readonly subnet: string;
  /** The fixed address of the trial's node number `index`, over all clusters. */
  readonly nodeAddress: (index: number) => string;
}

/** Nodes begin here: below it are the network and the engine's own end of it. */
const FIRST_NODE = 10;
/** What the engine hands out by itself (k3d's helpers) lies from .128 to .191; from .192 on the gateway takes its addresses. */
const ENGINES_OWN = 128;
export const MAX_NODES = ENGINES_OWN - FIRST_NODE;

const TRIES = 40;

/**
 * Makes the trial's network. Its subnet is known and nothing else hands out the nodes' addresses, so that a node which
 * comes back has the address it had. Without masquerading nothing behind it gets an answer from outside, while ports that are
 * published on loopback still work; an `internal` network would close those too. Nodes reject and count attempts themselves.
 * @throws RUN_STACK when no subnet is free
 */
export async function createTrialNetwork(
  docker: Docker,
  runId: string,
  trial: number,
  labels: Readonly<Record<string, string>>,
): Promise<TrialNetwork> {
  const name = `${clusterPrefix(runId)}-t${trial}`;
  const taken = takenSubnets();
  // Runs that start together begin at different places.
  const start = Number.parseInt(clusterPrefix(runId).slice(-8), 16) + trial;
  let refusal: unknown;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const prefix = subnetPrefix(start + attempt);
    if (taken.has(prefix)) continue;
    try {
      const network = await docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: "bridge",
        Options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
        IPAM: {
          Driver: "default",
          Config: [
            {
              Subnet: `${prefix}.0/24`,
              Gateway: `${prefix}.1`,
              IPRange: `${prefix}.${ENGINES_OWN}/26`,
            },
          ],
        },
        Labels: { ...labels },
      });
      return {
        name,
        id: network.id,
        subnet: `${prefix}.0/24`,
        nodeAddress: (index) => `${prefix}.${FIRST_NODE + index}`,
      };
    } catch (error) {
      if (!isOverlap(error)) throw error;
      refusal = error;
    }
  }
  throw new FiredrillError("RUN_STACK", "there is no free subnet for the clusters' network", {
    received: refusal === undefined ? `${TRIES} subnets in use` : String(refusal),
    expected: "a free /24 in 198.18.0.0/15",
    hint: "firedrill down --all, or docker network prune",
    cause: refusal,
  });
}

/** 198.18.0.0/15 is set aside for tests between separate networks (RFC 2544), so no office's network has it. */
export function subnetPrefix(number: number): string {
  const index = number % 512;
  return `198.${18 + (index >> 8)}.${index & 255}`;
}

function takenSubnets(): Set<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return new Set(addresses.map(({ address }) => address.split(".").slice(0, 3).join(".")));
}

/** The engine's words (moby, libnetwork/ipamapi: ErrPoolOverlap). */
const isOverlap = (error: unknown): boolean => /overlaps with other one/i.test(String(error));
