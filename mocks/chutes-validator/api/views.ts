import { GPUS } from "../gpus.ts";
import type { Network } from "../state/network.ts";
import type { ChuteRow, ImageRow, InstanceRow, JobRow, NodeRow, ServerRow } from "../state/rows.ts";

/** How the validator shows its rows (chutes-api: model_to_dict, MinerServersResponse). */

/** Compute units of a chute's GPUs: their hourly price, which is what the network scores by. */
export function computeMultiplier({ supportedGpus, gpuCount }: ChuteRow): number {
  const prices = supportedGpus.map((ref) => GPUS[ref]?.hourly ?? 1);
  return Math.round(Math.min(...prices) * gpuCount * 100) / 100;
}

export function imageTag({ username, name, tag, patchVersion }: ImageRow): string {
  return `${username}/${name}:${tag}${patchVersion === "initial" ? "" : `-${patchVersion}`}`;
}

export function chuteView(network: Network, chute: ChuteRow): object {
  const image = network.images.get(chute.imageId);
  const multiplier = computeMultiplier(chute);
  return {
    chute_id: chute.id,
    user_id: "00000000-0000-4000-8000-000000000001",
    name: chute.name,
    tagline: "",
    readme: "",
    image: image === undefined ? null : imageTag(image),
    image_id: chute.imageId,
    public: chute.public,
    standard_template: null,
    cords: [{ method: "POST", path: "/generate", function: "generate", public_api_path: "/generate" }],
    jobs: [{ name: "batch", ports: [], timeout: 3_600 }],
    node_selector: {
      gpu_count: chute.gpuCount,
      supported_gpus: chute.supportedGpus,
      compute_multiplier: multiplier,
    },
    supported_gpus: chute.supportedGpus,
    slug: `chutes-${chute.name}`,
    code: chute.code,
    filename: `${chute.name.replaceAll("-", "_")}.py`,
    ref_str: `${chute.name.replaceAll("-", "_")}:chute`,
    version: chute.version,
    concurrency: 8,
    chutes_version: chute.chutesVersion,
    preemptible: chute.preemptible,
    tee: chute.tee,
    max_instances: null,
    created_at: network.iso(chute.createdMs),
    updated_at: network.iso(chute.updatedMs),
    effective_compute_multiplier: multiplier,
    compute_multiplier_factors: { base: multiplier },
    bounty: chute.bounty,
  };
}

export function imageView(network: Network, image: ImageRow): object {
  return {
    image_id: image.id,
    user_id: "00000000-0000-4000-8000-000000000001",
    username: image.username,
    name: image.name,
    tag: image.tag,
    readme: "",
    public: true,
    status: "built and pushed",
    chutes_version: image.chutesVersion,
    patch_version: image.patchVersion,
    created_at: network.iso(image.createdMs),
  };
}

export function nodeView(network: Network, node: NodeRow, nowMs: number): object {
  const model = GPUS[node.gpuIdentifier];
  return {
    uuid: node.uuid,
    name: node.name,
    memory: node.memory,
    major: model?.major ?? null,
    minor: model?.minor ?? null,
    processors: model?.processors ?? null,
    sxm: model?.sxm ?? null,
    clock_rate: node.clockRate,
    max_threads_per_processor: model?.threads ?? null,
    concurrent_kernels: true,
    ecc: true,
    seed: node.seed,
    miner_hotkey: node.hotkey,
    gpu_identifier: node.gpuIdentifier,
    device_index: node.deviceIndex,
    server_id: node.serverId,
    created_at: network.iso(node.createdMs),
    verification_host: node.host,
    verification_port: node.port,
    verification_error: null,
    verified_at: node.verifiedAtMs <= nowMs ? network.iso(node.verifiedAtMs) : null,
  };
}

/** Host and port of an instance are nobody's business. */
export function instanceView(network: Network, instance: InstanceRow): object {
  const when = (atMs: number | null) => (atMs === null ? null : network.iso(atMs));
  const chute = network.chutes.get(instance.chuteId);
  return {
    instance_id: instance.id,
    chute_id: instance.chuteId,
    version: instance.version,
    miner_hotkey: instance.hotkey,
    region: "n/a",
    active: instance.active,
    verified: instance.verified,
    created_at: network.iso(instance.createdMs),
    activated_at: when(instance.activatedMs),
    last_verified_at: when(instance.verifiedMs),
    verification_error: instance.verificationError,
    consecutive_failures: 0,
    config_id: instance.configId,
    chutes_version: chute?.chutesVersion ?? null,
    compute_multiplier: chute === undefined ? 1 : computeMultiplier(chute),
  };
}

export function jobView({ id, chuteId, method, tried, instanceId, finished }: JobRow): object {
  return {
    job_id: id,
    chute_id: chuteId,
    method,
    miner_history: tried,
    instance_id: instanceId,
    status: finished ? "error" : "pending",
  };
}

export function serverView(network: Network, server: ServerRow, nowMs: number): object {
  const gpus = [...network.nodes.values()].filter(({ serverId }) => serverId === server.id);
  return {
    server_id: server.id,
    name: server.name,
    ip: server.ip,
    is_tee: server.tee,
    version: server.version,
    maintenance_pending: server.windowId !== null,
    created_at: network.iso(server.createdMs),
    updated_at: server.updatedMs === null ? null : network.iso(server.updatedMs),
    gpus: gpus.map((node) => ({
      uuid: node.uuid,
      gpu_identifier: node.gpuIdentifier,
      device_index: node.deviceIndex,
      verified_at: node.verifiedAtMs <= nowMs ? network.iso(node.verifiedAtMs) : null,
      verification_error: null,
    })),
  };
}
