import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import { verify } from "../../core/signing/sr25519.ts";
import { signedOf } from "../auth/signed.ts";
import { bodyAs, queryOf } from "../body.ts";
import { answering, refuse } from "../failure.ts";
import { GPUS } from "../gpus.ts";
import type { Validator } from "../validator.ts";
import { disturbed } from "../worker/disturbed.ts";
import { decrypt, encrypt } from "./cipher.ts";
import { createHash } from "node:crypto";

/** How old a nonce may be, in seconds (chutes-common auth.py). */
const MAX_AGE_SECONDS = 30;

/**
 * The bootstrap service that a node of the legacy profile ran for its verification (graval-bootstrap), and the encryptor
 * of the validator's side. It proves nothing about real GPUs: see cipher.ts.
 */
export function answerGraval(
  validator: Validator,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  return answering(async () => {
    const down = await disturbed(validator, exchange);
    if (down !== null) refuse(Number(down.params["status"]), "graval is not initialized");
    switch (`${request.method} ${request.path}`) {
      case "GET /ping":
        return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "pong" };
      case "GET /devices":
        checkManagementCall(validator, request, "graval");
        return jsonResponse(200, { devices: validator.devices });
      case "POST /prove":
        return prove(validator, request, exchange);
      case "GET /info":
        return info(queryOf(request, "challenge"));
      case "POST /encrypt":
        return recode(request, (device, seed, text) => encrypt(device, seed, Buffer.from(text)));
      case "POST /decrypt":
        return recode(request, (device, seed, text) => String(decrypt(device, seed, text) ?? ""));
    }
    validator.world.unmodelled(`graval ${request.method} ${request.path}`);
    return refuse(404, "Not Found");
  });
}

/** Calls from the miner to its own services: `miner:validator:nonce:purpose`, signed by the second. @throws Refusal 401 */
function checkManagementCall({ world, network }: Validator, request: MockRequest, purpose: string): void {
  const miner = request.headers["x-chutes-miner"] ?? "";
  const signer = request.headers["x-chutes-validator"] ?? "";
  const { nonce, signature } = signedOf(request.headers);
  const ageSeconds = Math.floor(world.clock.wallMs() / 1_000) - Number(nonce);
  if (
    miner === "" ||
    !/^\d{1,12}$/.test(nonce) ||
    signature === "" ||
    ageSeconds >= MAX_AGE_SECONDS ||
    !network.isMember(miner)
  )
    refuse(401, "go away (missing)");
  const message = `${miner}:${signer}:${nonce}:${purpose}`;
  if (!verify(message, signature, signer))
    refuse(401, `go away: (sig): request.state.body_sha256=None signature_string='${message}'`);
}

const challenge = z.object({
  seed: z.int().nonnegative(),
  iterations: z.int().min(1).max(10).default(1),
  ciphertext: z.record(z.string(), z.string()),
});

/** Decrypts for each of the worker's GPUs; takes the time that the network expects of the card. */
async function prove(
  { devices, settings, world }: Validator,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse> {
  const { seed, iterations, ciphertext } = bodyAs(request, challenge);
  const { graval } = GPUS[settings.gpu] ?? { graval: { iterations: 1, estimate: 0 } };
  await world.clock.sleep((graval.estimate * 1_000 * iterations) / graval.iterations, exchange.signal);
  const asked = devices.filter(({ uuid }) => ciphertext[uuid] !== undefined);
  const unknown = Object.keys(ciphertext).find((uuid) => !devices.some((device) => device.uuid === uuid));
  if (unknown !== undefined) refuse(400, `no GPU ${unknown}`);
  const each = (of: (device: (typeof devices)[number]) => unknown) =>
    Object.fromEntries(asked.map((device) => [device.uuid, of(device)]));
  return jsonResponse(200, {
    devices,
    seed,
    proof: each(({ uuid }) => ({
      work_product: createHash("sha256").update(`${seed}|${uuid}|${iterations}`).digest("hex"),
    })),
    plaintext: each((device) => String(decrypt(device, seed, ciphertext[device.uuid] ?? "") ?? "")),
  });
}

/** 64 hex digits in, 64 out. */
function info(text: string): MockResponse {
  if (!/^[0-9a-f]{64}$/.test(text)) return refuse(400, "challenge must be 64 hex characters");
  const answer = createHash("sha256").update(`device-info|${text}`).digest("hex");
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: answer };
}

const recoding = z.object({
  device_info: z.object({
    uuid: z.string(),
    name: z.string(),
    memory: z.int(),
    processors: z.int(),
  }),
  payload: z.string(),
  seed: z.int().nonnegative(),
  iterations: z.int().min(1).max(10).optional(),
});

function recode(
  request: MockRequest,
  change: (device: z.output<typeof recoding>["device_info"], seed: number, text: string) => string,
): MockResponse {
  const { device_info: device, payload, seed } = bodyAs(request, recoding);
  const text = change(device, seed, payload);
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: text };
}
