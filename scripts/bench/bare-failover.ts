import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { requireEngine } from "../../harness/tier/compose/engine.ts";
import { resolveImage } from "../../harness/stack/images/index.ts";
import { controlPlanes, until } from "./until.ts";

const STACK = fileURLToPath(new URL("../../fixtures/stacks/fleet/compose.yaml", import.meta.url));
const PROJECT = "fd-bench-bare";

/**
 * What a person would script by hand: the stack up, five good seconds, the leader killed, the alarm, three seconds to
 * react, the runbook's commands and waits, five good seconds, three more, the stack down. No record, no verdict.
 */
export async function bareFailover(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-bare-"));
  const override = join(folder, "images.yaml");
  writeFileSync(override, await imagesOverride());
  const compose = (...args: string[]) =>
    execa("docker", ["compose", "-p", PROJECT, "-f", STACK, "-f", override, ...args]);
  try {
    await compose("up", "-d", "--wait");
    const { stdout: address } = await compose("port", "load-balancer", "8080");
    const fleet = () => controlPlanes(`http://${address}/fleet`);
    await until(async () => (await fleet()) >= 2, 5_000);
    const response = await fetch(`http://${address}/leader`);
    const { name: leader } = (await response.json()) as { name: string };
    await compose("kill", leader);
    await until(async () => (await fleet()) < 2, 0);
    await sleep(3_000);
    // The runbook's own steps: look until somebody leads again for two seconds, find the lost one, read its log, start it.
    await compose("ps", "--all");
    await until(async () => (await fleet()) > 0, 2_000);
    await compose("ps", "--all", "--format", "json");
    await compose("logs", "--tail", "20", leader);
    await compose("start", leader);
    await until(async () => (await fleet()) >= 2, 5_000);
    await sleep(3_000);
  } finally {
    await compose("down", "-v", "--timeout", "1");
    rmSync(folder, { recursive: true });
  }
}

/** The same images as ours, and one port on loopback. */
async function imagesOverride(): Promise<string> {
  const { docker } = await requireEngine();
  const signal = AbortSignal.timeout(600_000);
  const use = async (image: string) => (await resolveImage(docker, image, { signal })).use;
  const [standIns, postgres] = await Promise.all([use("firedrill.local/stand-ins"), use("postgres:15")]);
  const services = [
    "load-balancer",
    "control-plane-1",
    "control-plane-2",
    "worker-1",
    "worker-2",
    "worker-3",
  ];
  const lines = [
    ...services.map((name) => `  ${name}: { image: "${standIns}" }`),
    `  database: { image: "${postgres}" }`,
    `  backup: { image: "${postgres}" }`,
  ];
  const text = `services:\n${lines.join("\n")}\n`;
  return text.replace("  load-balancer: {", '  load-balancer: { ports: !override ["127.0.0.1::8080"],');
}
