import { computeMultiplier } from "./views.ts";
import type { Broadcast } from "../socket/channel.ts";
import type { Network } from "../state/network.ts";
import type { ChuteRow, ImageRow, InstanceRow, JobRow, NodeRow, RollingUpdateRow } from "../state/rows.ts";
import { imageTag } from "./views.ts";

/** Every broadcast that a miner acts on, with the fields that chutes-api sends. */

const forOne = (hotkey: string) => ({ filter_recipients: [hotkey] });

export function gpuVerified({ uuid, hotkey }: NodeRow): Broadcast {
  return { reason: "gpu_verified", data: { gpu_id: uuid, miner_hotkey: hotkey }, ...forOne(hotkey) };
}

export function chuteChanged(reason: "chute_created" | "chute_updated", chute: ChuteRow): Broadcast {
  return { reason, data: { chute_id: chute.id, version: chute.version, job_only: false } };
}

export function chuteDeleted({ id, version }: ChuteRow): Broadcast {
  return { reason: "chute_deleted", data: { chute_id: id, version } };
}

export function bountyChanged({ id, bounty }: ChuteRow): Broadcast {
  return { reason: "bounty_change", data: { chute_id: id, bounty } };
}

export function imageCreated({ id }: ImageRow): Broadcast {
  return { reason: "image_created", data: { image_id: id } };
}

export function imageDeleted({ id }: ImageRow): Broadcast {
  return { reason: "image_deleted", data: { image_id: id } };
}

export function imageUpdated(network: Network, image: ImageRow): Broadcast {
  const chutes = [...network.chutes.values()].filter(({ imageId }) => imageId === image.id);
  return {
    reason: "image_updated",
    data: {
      image_id: image.id,
      short_tag: image.tag,
      patch_version: image.patchVersion,
      chutes_version: image.chutesVersion,
      chute_ids: chutes.map(({ id }) => id),
      image: imageTag(image),
    },
  };
}

export function instanceCreated(instance: InstanceRow, gpu: string): Broadcast {
  return {
    reason: "instance_created",
    message: `Miner ${instance.hotkey} has provisioned an instance of chute ${instance.chuteId} on ${instance.nodeIds.length}x${gpu}`,
    data: {
      chute_id: instance.chuteId,
      gpu_count: instance.nodeIds.length,
      gpu_model_name: gpu,
      miner_hotkey: instance.hotkey,
      instance_id: instance.id,
      config_id: instance.configId,
    },
    ...forOne(instance.hotkey),
  };
}

export function instanceVerified({ id, hotkey }: InstanceRow): Broadcast {
  return {
    reason: "instance_verified",
    data: { instance_id: id, miner_hotkey: hotkey },
    ...forOne(hotkey),
  };
}

export function instanceActivated(instance: InstanceRow): Broadcast {
  return {
    reason: "instance_activated",
    message: `Miner ${instance.hotkey} has activated instance ${instance.id} chute ${instance.chuteId}`,
    data: identity(instance),
    ...forOne(instance.hotkey),
  };
}

export function instanceDeleted(instance: InstanceRow): Broadcast {
  return {
    reason: "instance_deleted",
    message: `Miner ${instance.hotkey} has deleted instance an instance of chute ${instance.chuteId}.`,
    data: identity(instance),
    ...forOne(instance.hotkey),
  };
}

function identity({ chuteId, hotkey, id, configId }: InstanceRow) {
  return { chute_id: chuteId, miner_hotkey: hotkey, instance_id: id, config_id: configId };
}

export function rollingUpdate(
  { chuteId, oldVersion, newVersion }: RollingUpdateRow,
  { id, hotkey }: InstanceRow,
): Broadcast {
  return {
    reason: "rolling_update",
    data: {
      chute_id: chuteId,
      instance_id: id,
      miner_hotkey: hotkey,
      old_version: oldVersion,
      new_version: newVersion,
      reason: "chute updated",
    },
    ...forOne(hotkey),
  };
}

export function jobCreated(job: JobRow, chute: ChuteRow): Broadcast {
  return {
    reason: "job_created",
    data: {
      job_id: job.id,
      method: job.method,
      chute_id: job.chuteId,
      image_id: chute.imageId,
      gpu_count: chute.gpuCount,
      compute_multiplier: computeMultiplier(chute),
      exclude: job.tried,
      disk_gb: job.diskGb,
    },
  };
}

export function jobDeleted({ id, instanceId }: JobRow): Broadcast {
  return { reason: "job_deleted", data: { instance_id: instanceId, job_id: id } };
}
