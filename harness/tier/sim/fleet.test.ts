import { systemClock } from "../../time/system-clock.ts";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readComposeFile } from "../../stack/read-compose.ts";
import type { StackSpec } from "../../stack/spec.ts";
import { failureOf } from "./sim.testkit.ts";
import type { SimStack } from "./sim-stack.ts";
import { simTier } from "./sim-tier.ts";

// The stand-ins and the Compose file that run on real containers too.
const FLEET = join(import.meta.dirname, "../../../fixtures/stacks/fleet/compose.yaml");
let fleet: StackSpec;
beforeAll(async () => {
  fleet = await readComposeFile(FLEET);
});

async function bringUp(spec: StackSpec, seed: number): Promise<SimStack> {
  const signal = new AbortController().signal;
  const context = {
    runId: "x",
    runDir: "",
    trial: 1,
    seed,
    emit: () => {},
    signal,
    keepUntil: null,
    times: "production",
    reuse: false,
    clock: systemClock(),
  } as const;
  const stack = (await simTier.up(spec, context)) as SimStack;
  await stack.clock.sleep(5_000);
  return stack;
}

/** Offers a task every 200 ms for `ms`. Returns the keys that were accepted. */
async function offerTasks({ clock, request }: SimStack, ms: number): Promise<string[]> {
  const accepted: string[] = [];
  const url = "http://load-balancer:8080/tasks";
  const pending: Promise<void>[] = [];
  for (let count = 0; count * 200 < ms; count++) {
    const body = JSON.stringify({ kind: "cpu", key: `key-${count}` });
    const asked = request({ method: "POST", url, body, timeoutMs: 3_000 });
    const keep = ({ status }: { status: number }) => {
      if (status < 300) accepted.push(`key-${count}`);
    };
    pending.push(asked.then(keep, () => {}));
    await clock.sleep(200);
  }
  await Promise.all(pending);
  return accepted;
}

async function ledger({ request }: SimStack): Promise<{ key: string; token: number; writer: string }[]> {
  const response = await request({ method: "GET", url: "http://load-balancer:8080/tasks", timeoutMs: 5_000 });
  return JSON.parse(response.body) as { key: string; token: number; writer: string }[];
}

async function leaderOf({ request }: SimStack): Promise<string> {
  for (const name of ["control-plane-1", "control-plane-2"]) {
    const asked = request({ method: "GET", url: `http://${name}:8082/leader`, timeoutMs: 1_000 });
    const body = await asked.then((response) => response.body, failureOf);
    if (body.includes('"leader":true')) return name;
  }
  throw new Error("nobody leads");
}

async function inject(stack: SimStack, kind: "kill" | "partition", target: string, peers: string[]) {
  const fault = { id: "f", kind, targets: [target], peers, params: {}, ttlMs: 600_000 };
  const prepared = await stack.injectors[kind]?.prepare(fault);
  await prepared?.apply();
  return async () => {
    for (const action of prepared?.undo ?? []) await stack.undo(action);
  };
}

test("the leader is killed: the standby takes over, and nothing that was accepted is lost", async () => {
  await using stack = await bringUp(fleet, 1);
  const first = await leaderOf(stack);
  const working = offerTasks(stack, 30_000);
  await stack.clock.sleep(5_000);
  await inject(stack, "kill", first, []);
  const accepted = await working;
  const records = await ledger(stack);
  expect(await leaderOf(stack)).not.toBe(first);
  expect(new Set(records.map(({ writer }) => writer)).size).toBe(2);
  expect(accepted.length).toBeGreaterThan(50);
  expect(records.map(({ key }) => key)).toEqual(expect.arrayContaining(accepted));
});

/** The leader loses its database for ten seconds, under load. Returns the terms of the writes in commit order. */
async function splitBrain(spec: StackSpec, seed: number): Promise<{ terms: number[]; digest: string }> {
  await using stack = await bringUp(spec, seed);
  const working = offerTasks(stack, 45_000);
  await stack.clock.sleep(5_000);
  const heal = await inject(stack, "partition", await leaderOf(stack), ["database"]);
  await stack.clock.sleep(10_000);
  await heal();
  await working;
  return { terms: (await ledger(stack)).map(({ token }) => token), digest: stack.traceDigest() };
}

const isAscending = (terms: readonly number[]) =>
  terms.every((term, at) => at === 0 || term >= (terms[at - 1] ?? 0));

test("late writes of a leader that was cut off are refused; without fencing they come through", async () => {
  const unfenced = Object.fromEntries(
    Object.entries(fleet.services).map(([name, service]) => [
      name,
      { ...service, environment: { ...service.environment, FENCING: "off" } },
    ]),
  );
  for (const seed of [1, 2, 3]) {
    const { terms } = await splitBrain(fleet, seed);
    expect(isAscending(terms), `seed ${seed}, fenced`).toBe(true);
    expect(new Set(terms).size).toBe(2);
    const broken = await splitBrain({ ...fleet, services: unfenced }, seed);
    expect(isAscending(broken.terms), `seed ${seed}, unfenced`).toBe(false);
  }
});

test("the whole fleet is a function of the seed", async () => {
  const first = await splitBrain(fleet, 11);
  const other = await splitBrain(fleet, 12);
  expect(await splitBrain(fleet, 11)).toEqual(first);
  expect(other.digest).not.toBe(first.digest);
});
