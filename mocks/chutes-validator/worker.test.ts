import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MINER, minerOf, REACH, signed } from "./client.testkit.ts";
import type { Miner, Reached } from "./client.testkit.ts";

// In process, the interceptor hands https over in the clear; on real sockets the certificate is signed by itself.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

describe.each(["standalone", "socket interceptor"] as const)("the worker of a miner, %s", (mount) => {
  let reached: Reached;
  let miner: Miner;
  const chuteId = () => (reached.mock.built.state() as { chutes: { id: string }[] }).chutes[0]?.id ?? "";
  beforeAll(async () => {
    reached = await REACH[mount]();
    miner = minerOf(reached);
  });
  afterAll(() => reached.close());

  test("the worker: health is open, devices are for miner and validator, evidence for the validator", async () => {
    const on = "attestation";
    expect(await miner.ask("GET", "/server/health", null, { on })).toEqual({ status: 200, body: "pong" });
    expect((await miner.get("/server/devices", "attest", on)).body).toMatchObject({ length: 8 });
    expect(await miner.get("/server/devices", "status", on)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining("go away: (sig)") },
    });
    expect(await miner.ask("GET", "/server/devices", null, { on })).toEqual({
      status: 401,
      body: { detail: "go away (missing)" },
    });
    expect((await miner.get("/server/attest?nonce=ab", "attest", on)).status).toBe(401);
  });

  test("the worker's manager: status, cache and images", async () => {
    const get = (path: string, purpose: string) => miner.get(path, purpose, "manager");
    expect((await get("/status/health", "status")).body).toEqual({ status: "ok" });
    expect((await get("/status/overview", "status")).body).toMatchObject({
      status: "ok",
      services: { length: 5 },
      gpu: { exit_code: 0 },
    });
    expect((await get("/status/services/k3s/logs?lines=3", "status")).body).toMatchObject({
      service: { unit: "k3s.service" },
      logs: [expect.stringMatching(/^Jan 01 00:00:00 worker k3s\[1002\]: /)],
    });
    expect((await get("/status/services/sshd/status", "status")).status).toBe(404);
    const start = { payload: { chute_id: chuteId() } };
    expect((await miner.ask("POST", "/cache/download", start, { on: "manager" })).body).toMatchObject({
      status: "started",
    });
    expect((await get("/cache/download/status", "cache")).body).toMatchObject({
      chutes: [{ chute_id: chuteId(), status: "in_progress" }],
    });
    expect((await get("/images/", "images")).body).toMatchObject({ images: { length: 2 } });
    const pruned = await miner.ask("POST", "/images/prune", { purpose: "images" }, { on: "manager" });
    expect(pruned.body).toMatchObject({ removed_count: 1 });
  });
});

test("a log is followed until its reader goes", async () => {
  const reached = await REACH.standalone({ mode: { kind: "run", scale: 100 } });
  const gone = new AbortController();
  const response = await fetch(`${reached.origins["manager"]}/status/services/k3s/logs/stream`, {
    headers: signed(MINER, reached.mock.clock.wallMs(), { purpose: "status" }),
    signal: gone.signal,
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const lines: string[] = [];
  while (lines.length < 3) lines.push(new TextDecoder().decode((await reader.read()).value).trim());
  expect(lines.every((line) => /worker k3s\[1002\]: tick \d+/.test(line))).toBe(true);
  gone.abort();
  await reached.close();
});

test("the attestation service shows a certificate of its own", async () => {
  const reached = await REACH.standalone();
  const { hostname, port } = new URL(reached.origins["attestation"] ?? "");
  const subject = await new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve([socket.authorizationError, socket.getPeerCertificate().subject.CN]);
      socket.destroy();
    });
    socket.once("error", reject);
  });
  expect(subject).toEqual(["DEPTH_ZERO_SELF_SIGNED_CERT", "worker.chutes.test"]);
  await reached.close();
});
