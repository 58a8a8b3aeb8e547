import { z } from "zod";
import { FiredrillError } from "../../harness/error.ts";
import {
  bountyChanged,
  chuteChanged,
  chuteDeleted,
  imageCreated,
  imageDeleted,
  imageUpdated,
  jobCreated,
  jobDeleted,
  rollingUpdate,
} from "./api/events.ts";
import { purge, verify } from "./api/instances.ts";
import { addChute, addImage } from "./state/catalogue.ts";
import type { Validator } from "./validator.ts";

const id = z.string().min(1).max(100);
const what = <const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ do: z.literal(name), ...shape });

/** POST /act: what happens on the network without the miner's doing. Each sends the broadcast that goes with it. */
const actSchema = z.discriminatedUnion("do", [
  what("chute.create", {
    name: z.string().min(1).max(100),
    gpuCount: z.int().min(1).max(8).default(1),
    target: z.int().min(0).max(1_000).default(4),
    preemptible: z.boolean().default(true),
  }),
  what("chute.update", { chute: id }),
  what("chute.delete", { chute: id }),
  what("chute.target", { chute: id, target: z.int().min(0).max(1_000) }),
  what("bounty", { chute: id, units: z.int().min(0) }),
  what("image.update", { image: id, chutesVersion: z.string().max(20).default("0.5.3") }),
  what("image.delete", { image: id }),
  what("instance.delete", { instance: id }),
  what("instance.verify", { instance: id }),
  what("rolling.end", { chute: id }),
  what("job.create", { chute: id, method: z.string().default("batch"), diskGb: z.int().min(1).default(10) }),
  what("job.delete", { job: id }),
  what("hotkey.register", { hotkey: id }),
  what("hotkey.deregister", { hotkey: id }),
  what("hotkey.blacklist", { hotkey: id, reason: z.string().max(500) }),
  what("maintenance.open", {
    target: z.string().regex(/^\d+\.\d+\.\d+$/),
    seconds: z.number().positive().max(31_536_000).default(86_400),
    limit: z.int().min(1).default(1),
  }),
  what("broadcast", {
    reason: z.string().max(100),
    data: z.record(z.string(), z.unknown()).default({}),
    to: z.array(id).optional(),
  }),
]);
type Act = z.output<typeof actSchema>;

/** @throws USAGE_FLAG */
export function act(validator: Validator, input: unknown): unknown {
  const parsed = actSchema.safeParse(input);
  if (!parsed.success)
    throw new FiredrillError("USAGE_FLAG", "nobody can do that to the network", {
      received: JSON.stringify(input),
      expected: actSchema.options.map((option) => option.shape.do.value).join(", "),
      hint: z.prettifyError(parsed.error),
    });
  return run(validator, parsed.data);
}

function run(validator: Validator, wanted: Act): unknown {
  const { network, channel, world } = validator;
  const nowMs = world.clock.nowMs();
  switch (wanted.do) {
    case "chute.create": {
      const image = addImage(network, `${wanted.name}-image`);
      channel.broadcast(imageCreated(image));
      const { name, gpuCount, target, preemptible } = wanted;
      const tee = validator.settings.profile === "chutes-tee";
      const chute = addChute(network, { name, imageId: image.id, gpuCount, target, preemptible, tee }, nowMs);
      channel.broadcast(chuteChanged("chute_created", chute));
      return { chute: chute.id, version: chute.version, image: image.id };
    }
    case "chute.update":
      return updateChute(validator, wanted.chute, nowMs);
    case "chute.delete": {
      const chute = found(network.chutes, wanted.chute);
      for (const instance of network.instances.values())
        if (instance.chuteId === chute.id) purge(validator, instance);
      network.chutes.delete(chute.id);
      network.rollingUpdates.delete(chute.id);
      return void channel.broadcast(chuteDeleted(chute));
    }
    case "chute.target":
      return void (found(network.chutes, wanted.chute).target = wanted.target);
    case "bounty": {
      const chute = found(network.chutes, wanted.chute);
      chute.bounty = wanted.units;
      return void channel.broadcast(bountyChanged(chute));
    }
    case "image.update": {
      const image = found(network.images, wanted.image);
      image.chutesVersion = wanted.chutesVersion;
      image.patchVersion = network.hex("patch", 8);
      for (const chute of network.chutes.values())
        if (chute.imageId === image.id) chute.chutesVersion = wanted.chutesVersion;
      return void channel.broadcast(imageUpdated(network, image));
    }
    case "image.delete": {
      const image = found(network.images, wanted.image);
      network.images.delete(image.id);
      return void channel.broadcast(imageDeleted(image));
    }
    case "instance.delete":
      return purge(validator, found(network.instances, wanted.instance));
    case "instance.verify":
      return verify(validator, found(network.instances, wanted.instance));
    case "rolling.end":
      return void network.rollingUpdates.delete(found(network.chutes, wanted.chute).id);
    case "job.create": {
      const chute = found(network.chutes, wanted.chute);
      const jobId = network.uuid("job");
      const job = network.add(network.jobs, jobId, {
        id: jobId,
        chuteId: chute.id,
        method: wanted.method,
        diskGb: wanted.diskGb,
        tried: [],
        hotkey: null,
        instanceId: null,
        finished: false,
      });
      channel.broadcast(jobCreated(job, chute));
      return { job: job.id };
    }
    case "job.delete": {
      const job = found(network.jobs, wanted.job);
      network.jobs.delete(job.id);
      return void channel.broadcast(jobDeleted(job));
    }
    case "hotkey.register":
      network.blacklist.delete(wanted.hotkey);
      return network.setMember(wanted.hotkey, true);
    case "hotkey.deregister":
      return network.setMember(wanted.hotkey, false);
    case "hotkey.blacklist":
      return void network.blacklist.set(wanted.hotkey, wanted.reason);
    case "maintenance.open": {
      const { target, seconds, limit } = wanted;
      const window = {
        id: network.uuid("window"),
        target,
        startMs: nowMs,
        endMs: nowMs + seconds * 1_000,
        limit,
      };
      network.upgradeWindow = window;
      return { window: window.id };
    }
    case "broadcast": {
      const { reason, data, to } = wanted;
      return channel.broadcast({ reason, data, ...(to === undefined ? {} : { filter_recipients: to }) });
    }
  }
}

/** A new version: all hear of it, and whoever runs the old one is asked to replace it. */
function updateChute({ network, channel }: Validator, chuteId: string, nowMs: number): unknown {
  const chute = found(network.chutes, chuteId);
  const oldVersion = chute.version;
  const instances = [...network.instances.values()].filter((instance) => instance.chuteId === chute.id);
  chute.version = network.uuid("version");
  chute.updatedMs = nowMs;
  channel.broadcast(chuteChanged("chute_updated", chute));
  if (instances.length === 0) return { version: chute.version };
  const permitted: Record<string, number> = {};
  for (const { hotkey } of instances) permitted[hotkey] = (permitted[hotkey] ?? 0) + 1;
  const update = { chuteId: chute.id, oldVersion, newVersion: chute.version, startedMs: nowMs, permitted };
  network.add(network.rollingUpdates, chute.id, update);
  for (const instance of instances) channel.broadcast(rollingUpdate(update, instance));
  return { version: chute.version };
}

function found<Row>(table: ReadonlyMap<string, Row>, key: string): Row {
  const row = table.get(key);
  if (row !== undefined) return row;
  throw new FiredrillError("USAGE_FLAG", "the network has none of this id", {
    received: key,
    expected: [...table.keys()].slice(0, 5).join(", "),
  });
}
