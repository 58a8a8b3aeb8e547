import type { Validator } from "../validator.ts";

/** What GET /state shows. */
export function validatorState({ settings, network, channel, devices, worker, world }: Validator): object {
  const nowMs = world.clock.nowMs();
  const nodes = [...network.nodes.values()];
  return {
    profile: settings.profile,
    socket: channel.state(),
    servers: [...network.servers.values()],
    nodes: nodes.map(({ uuid, hotkey, serverId, verifiedAtMs }) => ({
      uuid,
      hotkey,
      serverId,
      verified: verifiedAtMs <= nowMs,
    })),
    chutes: [...network.chutes.values()].map(({ id, name, version, target, gpuCount, bounty, imageId }) => ({
      id,
      name,
      version,
      target,
      gpuCount,
      bounty,
      image: imageId,
      rolling: network.rollingUpdates.has(id),
    })),
    instances: [...network.instances.values()],
    jobs: [...network.jobs.values()],
    audits: [...network.audits.values()].map(({ bytes, ...row }) => ({ ...row, bytes: bytes.length })),
    upgradeWindow: network.upgradeWindow,
    blacklist: Object.fromEntries(network.blacklist),
    worker: {
      gpus: devices.map(({ uuid }) => uuid),
      cached: [...worker.cache.keys()],
      images: [...worker.images.keys()],
      shutdownMs: worker.shutdownMs,
    },
  };
}
