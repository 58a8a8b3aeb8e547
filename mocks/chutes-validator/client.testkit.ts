import { createHash } from "node:crypto";
import { sr25519PairFromSeed, sr25519Sign, encodeAddress } from "@polkadot/util-crypto";
import { cryptoWaitReady } from "@polkadot/util-crypto/crypto";
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import { reachBySockets } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy } from "../core/reach.testkit.ts";
import { chutesValidatorMock } from "./chutes-validator.ts";

await cryptoWaitReady();

/** A hotkey in the hands of a library that is not ours. */
export interface Hotkey {
  readonly address: string;
  sign(message: string): string;
}

export function hotkey(seedByte: number): Hotkey {
  const pair = sr25519PairFromSeed(new Uint8Array(32).fill(seedByte));
  return {
    address: encodeAddress(pair.publicKey, 42),
    sign: (message) => Buffer.from(sr25519Sign(message, pair)).toString("hex"),
  };
}

export const MINER = hotkey(1);

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Headers as the miner's sign_request makes them: over the payload if there is one, else over the purpose. */
export function signed(
  by: Hotkey,
  atMs: number,
  over: { readonly purpose: string } | { readonly payload: string },
): Record<string, string> {
  const nonce = String(Math.floor(atMs / 1_000));
  const what = "purpose" in over ? over.purpose : sha256(over.payload);
  return {
    "X-Chutes-Hotkey": by.address,
    "X-Chutes-Nonce": nonce,
    "X-Chutes-Signature": by.sign(`${by.address}:${nonce}:${what}`),
  };
}

const HOSTS = {
  api: "https://api.chutes.ai",
  attestation: "https://worker.chutes.test:30443",
  manager: "http://worker.chutes.test:8080",
  graval: "http://worker.chutes.test:8000",
};

const reach: Reach<{
  /** By listener: `https://127.0.0.1:41234`. */
  readonly origins: Readonly<Record<string, string>>;
}> = {
  definition: chutesValidatorMock,
  mode: { kind: "run", scale: 1 },
  where: (ports) => ({ origins: ports === null ? HOSTS : originsOf(ports) }),
};

function originsOf(ports: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      `${name === "attestation" ? "https" : "http"}://127.0.0.1:${port}`,
    ]),
  );
}

/** The mounts that unmodified clients can meet, by name. */
export const REACH = reachBySockets(reach);
export type Reached = ReachedBy<typeof REACH>;

/** What came back, the body as JSON where it is some. */
export interface Heard {
  readonly status: number;
  readonly body: unknown;
}

/** A miner by `fetch`, signing as the real one. */
export function minerOf({ mock, origins }: Reached, by: Hotkey = MINER) {
  const ask = async (
    method: string,
    path: string,
    over: { purpose: string } | { payload: object } | null,
    { on = "api", headers = {} }: { on?: string; headers?: Record<string, string> } = {},
  ): Promise<Heard> => {
    const payload = over !== null && "payload" in over ? JSON.stringify(over.payload) : null;
    const what = payload === null ? (over as { purpose: string } | null) : { payload };
    const response = await fetch(`${origins[on]}${path}`, {
      method,
      headers: {
        ...(what === null ? {} : signed(by, mock.clock.wallMs(), what)),
        ...(payload === null ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(payload === null ? {} : { body: payload }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  return {
    ask,
    get: (path: string, purpose = "miner", on = "api") => ask("GET", path, { purpose }, { on }),
    post: (path: string, payload: object) => ask("POST", path, { payload }),
    /** Gepetto's reading of a stream: items by their id, and whether the list says that it is empty. */
    async list(path: string, idKey: string) {
      const response = await fetch(`${origins["api"]}${path}`, {
        headers: signed(by, mock.clock.wallMs(), { purpose: "miner" }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      const items = new Map<string, Record<string, unknown>>();
      let explicitNull = false;
      for (const line of (await response.text()).split("\n")) {
        if (line.startsWith("data: {")) {
          const item = JSON.parse(line.slice(6)) as Record<string, unknown>;
          items.set(String(item[idKey]), item);
        } else if (line.startsWith("data: NO_ITEMS")) explicitNull = true;
      }
      return { items, explicitNull };
    },
  };
}

export type Miner = ReturnType<typeof minerOf>;

/** A client of the broadcast channel, and everything that it hears. */
export interface Listening {
  readonly socket: Socket;
  readonly heard: { readonly event: string; readonly data: Record<string, unknown> }[];
  /** Resolves with the data of the next event of this name (or of one that came already), which fits. */
  hear(event: string, fits?: (data: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  close(): void;
}

/** socket.io-client as the miner's AsyncClient: WebSocket only, `authenticate` first. */
export function listen({ mock, origins }: Reached, by: Hotkey = MINER, purpose = "sockets"): Listening {
  const socket = io(origins["api"] ?? "", { transports: ["websocket"], reconnection: false, forceNew: true });
  const heard: { event: string; data: Record<string, unknown> }[] = [];
  const waiting = new Set<() => void>();
  const note = (event: string, data: unknown) => {
    heard.push({ event, data: (data ?? {}) as Record<string, unknown> });
    for (const look of waiting) look();
  };
  socket.onAny(note);
  socket.on("disconnect", (reason) => note("disconnect", { reason }));
  socket.on("connect_error", (error) => note("connect_error", { message: error.message }));
  socket.on("connect", () => socket.emit("authenticate", signed(by, mock.clock.wallMs(), { purpose })));
  const hear: Listening["hear"] = (event, fits = () => true) =>
    new Promise((resolve) => {
      const look = () => {
        const at = heard.findIndex((it) => it.event === event && fits(it.data));
        const [found] = at === -1 ? [] : heard.splice(at, 1);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found.data);
      };
      waiting.add(look);
      look();
    });
  return { socket, heard, hear, close: () => void socket.disconnect() };
}

/** The worker's GPUs as the miner advertises them, and the server that they are in. */
export async function serverArgs(miner: Miner, over: Record<string, unknown> = {}): Promise<object> {
  const { body } = await miner.get("/server/devices", "attest", "attestation");
  const gpus = (body as Record<string, unknown>[]).map((device, at) => gpuArgs(device, at));
  return { host: "203.0.113.7", id: "node-uid-1", name: "chutes-miner-gpu-0", gpus, ...over };
}

export function gpuArgs({ model_short_ref, ...device }: Record<string, unknown>, at: number): object {
  return {
    ...device,
    device_index: at,
    gpu_identifier: model_short_ref,
    verification_host: "203.0.113.7",
    verification_port: 30_443,
  };
}
