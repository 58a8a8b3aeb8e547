import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explainError } from "../../error.ts";
import { resolveImage } from "../../stack/images/index.ts";
import { LABEL_EXPIRES } from "../../stack/labels.ts";
import type { RunningStack } from "../tier.ts";
import { composeTier } from "./compose-tier.ts";
import { bench, leftovers, type Bench } from "./compose-tier.testkit.ts";
import { requireEngine } from "./engine.ts";

const { docker } = await requireEngine();

/** Answers with who it is and when it started; passes on what it is asked to fetch. */
const SERVER = `
const http = require("node:http");
const fs = require("node:fs");
const born = process.hrtime.bigint().toString();
fs.appendFileSync("/data/starts", born + "\\n");
console.log("serving as", process.env.WHO);
http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://x");
  if (pathname === "/exit") return process.exit(Number(searchParams.get("code")));
  if (pathname === "/fetch") {
    const answer = await fetch(searchParams.get("url"), { signal: AbortSignal.timeout(3000) }).then((r) => r.text(), (e) => "failed: " + (e.cause?.code ?? e.name));
    return response.end(answer);
  }
  response.end(JSON.stringify({ who: process.env.WHO, born, price: process.env.PRICE, starts: fs.readFileSync("/data/starts", "utf8").trim().split("\\n").length }));
}).listen(8080);
`;

const COMPOSE = `
name: pair
services:
  front:
    image: node:24
    container_name: a-fixed-name
    command: [node, /app/server.cjs]
    environment: { WHO: front, PRICE: "$$5" }
    ports: ["18080:8080"]
    volumes: ["./server.cjs:/app/server.cjs:ro", "data:/data"]
    depends_on: { back: { condition: service_healthy } }
    labels: { dev.firedrill.test: compose-tier }
    x-firedrill: { role: web }
    healthcheck: &alive
      test: [CMD, node, -e, "fetch('http://127.0.0.1:8080/').then((r) => process.exit(r.ok ? 0 : 1))"]
      interval: 500ms
      timeout: 10s
      retries: 60
  back:
    image: node:24
    command: [node, /app/server.cjs]
    environment: { WHO: back }
    expose: ["8080", "8081"]
    restart: on-failure
    tmpfs: [/data]
    volumes: ["./server.cjs:/app/server.cjs:ro"]
    labels: { dev.firedrill.test: compose-tier }
    healthcheck: *alive
volumes:
  data: {}
`;

describe("a stack on real containers", () => {
  let world: Bench;
  let stack: RunningStack;
  beforeAll(async () => {
    world = await bench({ "compose.yaml": COMPOSE, "server.cjs": SERVER });
    stack = await world.up();
  });
  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  const request = (url: string) => stack.request({ method: "GET", url, timeoutMs: 20_000 });
  const ask = async (service: string, path = "/") => {
    return (await request(`http://${service}:8080${path}`)).body;
  };
  /** What was told of the service `back`. */
  const states = () =>
    world.events.flatMap((event) =>
      event.kind === "service.state" && event.service === "back" ? [`${event.state} ${event.exitCode}`] : [],
    );
  const shell = (script: string, timeoutMs = 60_000) =>
    stack.runShell({ script, env: {}, timeoutMs, signal: new AbortController().signal });

  it("says which image runs for which name", () => {
    const images = world.events.filter(({ kind }) => kind === "run.image");
    expect(images).toEqual([
      expect.objectContaining({ image: "node:24", use: expect.stringMatching(/node/) }),
    ]);
  });

  it("answers requests by service name, with the user's own settings", async () => {
    expect(JSON.parse(await ask("front"))).toMatchObject({ who: "front", price: "$5", starts: 1 });
    expect(JSON.parse(await ask("back"))).toMatchObject({ who: "back" });
    expect(await ask("front", "/fetch?url=http://back:8080/")).toContain('"who":"back"');
    expect(await stack.state("front")).toEqual({
      service: "front",
      state: "running",
      exitCode: null,
      oomKilled: false,
    });
    expect(await stack.logs("front")).toContain("serving as front");
  });

  it("tells a refused port from a name that does not exist", async () => {
    await expect(request("http://back:8081/")).rejects.toMatchObject({ failure: "refused" });
    await expect(request("http://stranger:8080/")).rejects.toMatchObject({ failure: "unresolved" });
  });

  it("keeps a service's address while its container is restarted and replaced", async () => {
    const { output } = await shell('echo "$FRONT_URL $BACK_URL $BACK_8081_URL"');
    const [front = "", back = ""] = output.trim().split(" ");
    expect([front, back]).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    ]);
    const bornAt = async () => ((await (await fetch(back)).json()) as { born: string }).born;
    const before = await bornAt();
    expect((await shell("docker compose restart --timeout 0 back")).exitCode).toBe(0);
    await expect.poll(bornAt, { timeout: 60_000 }).not.toBe(before);
    const restarted = await bornAt();
    expect((await shell("docker compose up -d --wait --force-recreate --timeout 0 back")).exitCode).toBe(0);
    await expect.poll(bornAt, { timeout: 60_000 }).not.toBe(restarted);
    expect(await ask("back")).toContain('"who":"back"');
  });

  it("runs the operator's commands against this stack", async () => {
    const listed = await shell("docker compose ps --format '{{.Service}}'");
    expect(listed).toMatchObject({ outcome: "exited", exitCode: 0 });
    expect(listed.output.trim().split("\n").toSorted()).toEqual(["back", "front"]);
  });

  it("ends a step that takes too long", async () => {
    expect(await shell("echo begun; sleep 1000", 2_000)).toMatchObject({
      outcome: "timeout",
      output: "begun\n",
    });
  });

  it("sees what happens to services", async () => {
    const seen = states().length;
    await ask("back", "/exit?code=3").catch(() => undefined);
    await expect.poll(() => states().slice(seen), { timeout: 60_000 }).toEqual(["exited 3", "running null"]);
    await shell("docker compose pause back; docker compose unpause back");
    await expect
      .poll(() => states().slice(seen + 2), { timeout: 60_000 })
      .toEqual(["paused null", "running null"]);
  });

  it("has the same fingerprint before and after a pause, a restart and a replacement, and another while paused", async () => {
    const before = await stack.fingerprint();
    expect(Object.keys(before)).toEqual(expect.arrayContaining(["container back", "container front"]));
    await shell("docker compose pause front");
    const paused = await stack.fingerprint();
    expect(paused).not.toEqual(before);
    expect((await stack.state("front")).state).toBe("paused");
    await expect(
      stack.request({ method: "GET", url: "http://front:8080/", timeoutMs: 1_500 }),
    ).rejects.toMatchObject({ failure: "timeout" });
    await shell("docker compose unpause front; docker compose restart --timeout 0 back");
    await shell("docker compose up -d --wait --force-recreate --timeout 0 front");
    expect(await stack.fingerprint()).toEqual(before);
  });

  it("counts attempts to reach the outside by name and by address; those within are none", async () => {
    await ask("front", "/fetch?url=http://back:8080/");
    // A service that is away is no outside either.
    await shell("docker compose stop --timeout 0 back");
    expect(await ask("front", "/fetch?url=http://back:8080/")).toBe("failed: ENOTFOUND");
    await shell("docker compose start back");
    expect(await stack.outsideAttempts()).toMatchObject({ attempts: 0 });

    await ask("front", "/fetch?url=http://api.example.com/");
    const named = await stack.outsideAttempts();
    expect(named.attempts).toBeGreaterThan(0);
    expect(named.detail).toContain("api.example.com");

    await ask("front", "/fetch?url=http://192.0.2.1:8080/");
    expect((await stack.outsideAttempts()).attempts).toBeGreaterThan(named.attempts);
  });

  it("goes down without a trace", async () => {
    await stack[Symbol.asyncDispose]();
    expect(await leftovers(docker, world.runId)).toEqual([]);
    expect(await stack.state("front")).toMatchObject({ state: "missing" });
  });
});

const IDLE = "{ image: node:24, command: [sleep, infinity], labels: { dev.firedrill.test: compose-tier } }";

it("keeps a stack that is to be kept, and removes it later by label alone", async () => {
  await using world = await bench({ "compose.yaml": `services:\n  idle: ${IDLE}\n` });
  const keepUntil = "2099-01-01T00:00:00.000Z";
  const stack = await world.up({ keepUntil });
  await stack[Symbol.asyncDispose]();
  const kept = await docker.listContainers({ filters: { label: [`${LABEL_EXPIRES}=${keepUntil}`] } });
  expect(kept.length).toBeGreaterThan(0);
  const standing = { runId: world.runId, objects: 4, expires: keepUntil };
  expect(await composeTier.standing()).toContainEqual(standing);
  const removed = await composeTier.removeRun(world.runId);
  expect(removed).toContain(`container fd-${world.runId}-t0-idle-1`);
  expect(await leftovers(docker, world.runId)).toEqual([]);
});

it("leaves nothing of a stack that does not come up, and says which service is to blame and its last lines", async () => {
  await using world = await bench({
    "compose.yaml": `services:
  idle: ${IDLE}
  broken:
    image: node:24
    command: [node, -e, "console.log('cannot read the ledger'); process.exit(7)"]
    labels: { dev.firedrill.test: compose-tier }
`,
  });
  const error = await world.up().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "RUN_STACK" });
  expect(explainError(error)).toContain('"broken" is exited with exit code 7');
  expect(explainError(error)).toContain("cannot read the ledger");
  expect(await leftovers(docker, world.runId)).toEqual([]);
});

it("names a service that never gets healthy", async () => {
  await using world = await bench({
    "compose.yaml": `services:
  sick:
    image: node:24
    command: [sh, -c, "echo warming up; exec sleep infinity"]
    labels: { dev.firedrill.test: compose-tier }
    healthcheck: { test: [CMD-SHELL, "echo not yet; exit 1"], interval: 200ms, retries: 2, timeout: 20s }
`,
  });
  const error = await world.up().catch((caught: unknown) => caught);
  expect(explainError(error)).toMatch(/"sick" is unhealthy \(its check says: not yet\)/);
  expect(explainError(error)).toContain("warming up");
  expect(await leftovers(docker, world.runId)).toEqual([]);
});

it("leaves nothing when it is interrupted on the way up", async () => {
  await using world = await bench({ "compose.yaml": `services:\n  idle: ${IDLE}\n` });
  const controller = new AbortController();
  const coming = world.up({ signal: controller.signal }).catch((caught: unknown) => caught);
  await expect.poll(() => leftovers(docker, world.runId), { timeout: 60_000 }).not.toEqual([]);
  controller.abort();
  expect(await coming).toMatchObject({ code: "RUN_INTERRUPTED" });
  expect(await leftovers(docker, world.runId)).toEqual([]);
});

it("builds what a Compose file builds, once for all runs", async () => {
  const { use } = await resolveImage(docker, "node:24", { signal: new AbortController().signal });
  await using world = await bench({
    Dockerfile: `FROM ${use}\nLABEL dev.firedrill.test=compose-tier\nRUN echo built > /proof\n`,
    "compose.yaml": `name: workshop
services:
  built-here:
    build: .
    command: [node, -e, "require('http').createServer((_, r) => r.end(require('fs').readFileSync('/proof'))).listen(80)"]
    expose: ["80"]
    labels: { dev.firedrill.test: compose-tier }
`,
  });
  try {
    await using stack = await world.up();
    const ask = () =>
      stack.request({ method: "GET", url: "http://built-here/", timeoutMs: 20_000 }).catch(String);
    await expect.poll(ask, { timeout: 60_000 }).toMatchObject({ status: 200, body: "built\n" });
  } finally {
    await docker.getImage("firedrill-build/workshop-built-here").remove({ force: true });
  }
});

it("hands on what Compose says of a file that it refuses", async () => {
  await using world = await bench({ "compose.yaml": "services:\n  api: { image: x, no_such_key: 1 }\n" });
  await expect(world.up()).rejects.toMatchObject({
    code: "USAGE_STACK",
    received: expect.stringContaining("no_such_key"),
  });
});
