import { z } from "zod";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { bodyAs, optionalQuery, queryOf } from "../body.ts";
import { refuse } from "../failure.ts";
import { GPUS } from "../gpus.ts";
import { encrypt } from "../graval/cipher.ts";
import { opens } from "../graval/symmetric.ts";
import { deviceOf } from "../worker/devices.ts";
import type { InstanceRow, LaunchConfigRow } from "../state/rows.ts";
import type { Call } from "../validator.ts";
import { atCapacity, checkScalable } from "./capacity.ts";
import { checkBlacklist } from "./gpu-args.ts";
import { activate, addInstance, chuteOf, verify } from "./instances.ts";
import { readJwt, signJwt } from "./jwt.ts";

/** How long a token is good (chutes-api create_launch_jwt). */
const TOKEN_SECONDS = 7_200;
/** Miners that may race for one job (chutes-api get_launch_config). */
const MAX_TRIES = 15;

/** Of this mock's tokens. What it protects is made up too. */
const keyOf = (seed: number) => `launch-config-key-of-seed-${seed}`;

/** GET /instances/launch_config?chute_id=&job_id=: a token with which a container may start an instance. */
export function getLaunchConfig({ validator, request, exchange, hotkey }: Call): MockResponse {
  const { network, world } = validator;
  const chuteId = queryOf(request, "chute_id");
  const jobId = optionalQuery(request, "job_id") ?? null;
  checkBlacklist(validator, hotkey);
  const chute = chuteOf(validator, chuteId);
  if (exchange.fault("validator.423") !== null) refuse(423, atCapacity(chute));
  const job = jobId === null ? undefined : network.jobs.get(jobId);
  if (jobId === null) checkScalable(validator, chute, hotkey);
  else {
    if (job === undefined || job.chuteId !== chuteId)
      return refuse(404, `Job ${jobId} for chute ${chuteId} not found`);
    if (job.tried.length >= MAX_TRIES)
      refuse(
        423,
        `Job ${jobId} for chute ${chuteId} is already in a race between ${job.tried.length} miners`,
      );
    if (job.tried.includes(hotkey))
      refuse(403, `Your hotkey has already attempted to claim job_id='${jobId}'`);
    job.tried.push(hotkey);
  }
  const id = network.uuid("config");
  const config = network.add(network.launchConfigs, id, {
    id,
    chuteId,
    jobId,
    hotkey,
    envKey: network.hex("env-key", 32),
    expiresMs: world.clock.nowMs() + TOKEN_SECONDS * 1_000,
    claimed: false,
    verifiedMs: null,
    failure: null,
  });
  const iat = Math.floor(world.clock.wallMs() / 1_000);
  const claims = {
    exp: iat + TOKEN_SECONDS,
    sub: id,
    iat,
    url: `https://api.chutes.ai/instances/launch_config/${id}`,
    env_key: config.envKey,
    iss: "chutes",
    ...(jobId === null ? {} : { job_id: jobId }),
    ...(job === undefined ? {} : { disk_gb: job.diskGb }),
  };
  return jsonResponse(200, { token: signJwt(claims, keyOf(world.seed)), config_id: id });
}

/** The launch config that the bearer token is for. @throws Refusal 401 */
function configOf({ validator, request, params }: Call, claimedToo: boolean): LaunchConfigRow {
  const { network, world } = validator;
  const id = params["config"] ?? "";
  const token = (request.headers["authorization"] ?? "").trim().split(" ").at(-1) ?? "";
  const claims = readJwt(token, keyOf(world.seed), world.clock.wallMs() / 1_000);
  if (claims === null) return refuse(401, "Missing or invalid launch config JWT");
  if (claims["sub"] !== id) return refuse(401, `Launch config config_id='${id}' does not match token!`);
  const config = network.launchConfigs.get(id);
  if (config === undefined) return refuse(401, `Launch config ${id} not found in database.`);
  if (config.claimed && !claimedToo)
    refuse(401, `Launch config config_id='${id}' has already been retrieved`);
  return config;
}

const claim = z.object({
  gpus: z
    .array(z.object({ uuid: z.string() }))
    .min(1)
    .max(10),
  host: z.string(),
  port_mappings: z
    .array(z.object({ internal_port: z.int(), external_port: z.int(), proto: z.string() }))
    .min(1)
    .max(100),
});

/**
 * POST /instances/launch_config/{config_id}: the container shows its GPUs and gets a key that only they can decrypt.
 * What the closed parts of chutes prove beside that (environment, code, file system) is taken on trust.
 */
export function claimLaunchConfig(call: Call): MockResponse {
  const { validator, request } = call;
  const { network } = validator;
  const config = configOf(call, false);
  const args = bodyAs(request, claim);
  const chute = chuteOf(validator, config.chuteId);
  checkBlacklist(validator, config.hotkey);
  if (config.jobId === null) checkScalable(validator, chute, config.hotkey);
  const job = config.jobId === null ? undefined : network.jobs.get(config.jobId);
  if (job !== undefined && job.hotkey !== null)
    refuse(409, `Job ${job.id} has already been claimed by another miner!`);
  config.claimed = true;
  const instance = addInstance(validator, chute, {
    hotkey: config.hotkey,
    nodeIds: args.gpus.map(({ uuid }) => uuid),
    host: args.host,
    port: args.port_mappings[0]?.external_port ?? 0,
    configId: config.id,
    jobId: config.jobId,
  });
  if (job !== undefined) Object.assign(job, { hotkey: config.hotkey, instanceId: instance.id });
  const uuid = instance.nodeIds[0] ?? "";
  const ref = network.nodes.get(uuid)?.gpuIdentifier ?? "";
  const seed = seedOf(config);
  return jsonResponse(200, {
    seed,
    iterations: GPUS[ref]?.graval.iterations ?? 1,
    job_id: config.jobId,
    symmetric_key: {
      ciphertext: encrypt(deviceOf(ref, uuid), seed, Buffer.from(config.envKey, "hex")),
      uuid,
      response_plaintext: secretOf(config),
    },
  });
}

/** A function of the launch config: the first 48 bits of its key, which every JSON reader keeps. */
const seedOf = ({ envKey }: LaunchConfigRow) => Number.parseInt(envKey.slice(0, 12), 16);
const secretOf = (config: LaunchConfigRow) => `secret is ${config.id} ${seedOf(config)}`;

function startedBy({ validator }: Call, config: LaunchConfigRow): InstanceRow {
  const instances = [...validator.network.instances.values()];
  return (
    instances.find(({ configId }) => configId === config.id) ??
    refuse(404, "Instance disappeared (did you update gepetto reconcile?)")
  );
}

/** PUT /instances/launch_config/{config_id} `{"response", "iv"}`: the container shows that it could decrypt the key. */
export function verifyLaunchConfig(call: Call): MockResponse {
  const { validator, request, exchange } = call;
  const { network, world } = validator;
  const config = configOf(call, true);
  if (config.verifiedMs !== null) refuse(400, `Launch config has already been verified: ${config.id}`);
  if (config.failure !== null) refuse(403, `Launch config failed verification: ${config.failure}`);
  const instance = startedBy(call, config);
  const { response, iv } = bodyAs(request, z.object({ response: z.string(), iv: z.string() }));
  if (opens({ ciphertext: response, iv, key: config.envKey }) !== secretOf(config)) {
    config.failure = `PoVW encrypted response for config_id='${config.id}' was invalid`;
    network.instances.delete(instance.id);
    refuse(403, config.failure);
  }
  if (exchange.fault("validator.pendingForever") === null) {
    config.verifiedMs = world.clock.nowMs();
    verify(validator, instance);
  }
  return jsonResponse(200, {
    chute_id: config.chuteId,
    instance_id: instance.id,
    verified_at: config.verifiedMs === null ? null : network.iso(config.verifiedMs),
    activation_url: `https://api.chutes.ai/instances/launch_config/${config.id}/activate`,
  });
}

/** GET /instances/launch_config/{config_id}/activate */
export function activateLaunchConfig(call: Call): MockResponse {
  const config = configOf(call, true);
  if (config.verifiedMs === null) refuse(403, "Launch config has not been verified.");
  activate(call.validator, startedBy(call, config));
  return jsonResponse(200, { ok: true });
}
