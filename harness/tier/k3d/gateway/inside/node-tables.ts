import { spawn } from "node:child_process";
import { MAX_NODES, type NodeRoute } from "../routes.ts";

/**
 * One way through each node: a source address of the gateway's own, and a routing table for what comes from it that leads
 * everything to that node. So a connection chooses its node by `localAddress`, and clusters may use the same addresses
 * for their services. The source addresses are from TEST-NET-1 (RFC 5737) and never leave the gateway: what goes out is
 * masqueraded, so nothing has to be reserved in the clusters' network.
 */
const SOURCES = "192.0.2";
const FIRST_TABLE = 1_000;
const COMMAND_WITHIN_MS = 5_000;

/** By slot: the node's address, or null for a slot that is free again. Its rule stays and is used again. */
export type Ways = readonly (string | null)[];

/** Keeps each address in its slot, frees those that are gone, and puts new ones in free slots, else at the end. */
export function assign(before: Ways, addresses: readonly string[]): Ways {
  const wanted = new Set(addresses.slice(0, MAX_NODES));
  const after = before.map((address) => (address !== null && wanted.delete(address) ? address : null));
  for (const address of wanted) {
    const free = after.indexOf(null);
    if (free < 0) after.push(address);
    else after[free] = address;
  }
  return after;
}

const sourceOf = (slot: number): string => `${SOURCES}.${slot + 1}`;
const tableOf = (slot: number): number => FIRST_TABLE + slot;

/** Lines for `ip -batch` that give new slots their source address and rule; both stay for good. */
export function newSlots(before: number, after: number): string[] {
  return Array.from({ length: Math.max(0, after - before) }, (_, index) => before + index).flatMap((slot) => [
    `address add ${sourceOf(slot)}/32 dev lo`,
    `rule add from ${sourceOf(slot)} lookup ${tableOf(slot)}`,
  ]);
}

/** Lines for `ip -batch` that lead the slots whose node has changed to their new one. */
export function changedWays(before: Ways, after: Ways): string[] {
  return after.flatMap((address, slot) =>
    address === null || before[slot] === address
      ? []
      : [`route replace default via ${address} table ${tableOf(slot)}`],
  );
}

/** The ways of this container's kernel. Needs CAP_NET_ADMIN, `ip` and `iptables`. */
export async function nodeTables() {
  await run("iptables", [
    "-w",
    "-t",
    "nat",
    "-A",
    "POSTROUTING",
    "-s",
    `${SOURCES}.0/24`,
    "-j",
    "MASQUERADE",
  ]);
  // A node forwards out of the interface on which a packet came in, so its kernel tells us of a shorter way: round it.
  await run("iptables", ["-w", "-A", "INPUT", "-p", "icmp", "--icmp-type", "redirect", "-j", "DROP"]);
  let slots = 0;
  let ways: Ways = [];
  return {
    /** Call it again only when the last call has ended. */
    async set(nodes: readonly NodeRoute[]): Promise<void> {
      const addresses = nodes.map(({ address }) => address);
      const after = assign(ways, addresses);
      await ip(newSlots(slots, after.length));
      slots = Math.max(slots, after.length);
      await ip(changedWays(ways, after));
      ways = after;
    },
    /** What to bind to, or null for a node without a way. */
    source(address: string): string | null {
      const slot = ways.indexOf(address);
      return slot < 0 ? null : sourceOf(slot);
    },
  };
}

async function ip(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await run("ip", ["-batch", "-"], `${lines.join("\n")}\n`);
}

function run(command: string, args: readonly string[], input = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "pipe"], timeout: COMMAND_WITHIN_MS });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-500)));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}: ${complaint.trim()}`)),
    );
    // A program that ends before it has read everything says why by its status.
    child.stdin.on("error", () => undefined).end(input);
  });
}
