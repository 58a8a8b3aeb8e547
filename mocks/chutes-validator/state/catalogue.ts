import type { Network } from "./network.ts";
import type { ChuteRow, ImageRow } from "./rows.ts";
import type { ValidatorSettings } from "../settings.ts";
import { ss58Encode } from "../../core/signing/ss58.ts";

/** From this version of the library on, an instance announces itself by its launch config. */
const CHUTES_VERSION = "0.5.2";

const NAMES = [
  "llama-3-8b",
  "qwen3-32b",
  "flux-schnell",
  "deepseek-v3",
  "whisper-large",
  "embed-small",
] as const;

/** The network at the start: images, chutes, and what other miners run. */
export function fillCatalogue(network: Network, settings: ValidatorSettings): void {
  const others = Array.from({ length: settings.others }, () =>
    ss58Encode(Buffer.from(network.hex("other-miner", 64), "hex")),
  );
  for (let at = 0; at < settings.chutes; at++) {
    const name = NAMES[at] ?? `chute-${at}`;
    const image = addImage(network, `${name}-image`);
    const chute = addChute(network, {
      name,
      imageId: image.id,
      gpuCount: Math.min(settings.gpus, at % 2 === 0 ? 1 : 2),
      target: settings.target,
      tee: settings.profile === "chutes-tee",
    });
    others.forEach((hotkey, other) => addForeignInstance(network, chute, hotkey, other));
  }
}

export function addImage(network: Network, name: string): ImageRow {
  const id = network.uuid("image");
  return network.add(network.images, id, {
    id,
    username: "chutes",
    name,
    tag: "latest",
    patchVersion: "initial",
    chutesVersion: CHUTES_VERSION,
    createdMs: 0,
  });
}

/** The parts of a chute that somebody may choose. */
export interface NewChute {
  readonly name: string;
  readonly imageId: string;
  readonly gpuCount: number;
  readonly target: number;
  readonly tee: boolean;
  readonly public?: boolean;
  readonly preemptible?: boolean;
  readonly supportedGpus?: readonly string[];
}

export function addChute(network: Network, wanted: NewChute, nowMs = 0): ChuteRow {
  const id = network.uuid("chute");
  return network.add(network.chutes, id, {
    public: true,
    preemptible: true,
    supportedGpus: ["h200", "h100_sxm", "h100", "b200", "a100_sxm", "l40s"],
    ...wanted,
    id,
    version: network.uuid("version"),
    chutesVersion: CHUTES_VERSION,
    code: `from chutes.chute import Chute\n\nchute = Chute(username="chutes", name="${wanted.name}")\n`,
    bounty: 0,
    createdMs: nowMs,
    updatedMs: nowMs,
  });
}

/** An active instance of somebody else, on GPUs that are not in our inventory. */
function addForeignInstance(network: Network, chute: ChuteRow, hotkey: string, other: number): void {
  const id = network.uuid("instance");
  network.add(network.instances, id, {
    id,
    chuteId: chute.id,
    version: chute.version,
    hotkey,
    nodeIds: Array.from({ length: chute.gpuCount }, () => network.hex("gpu", 32)),
    host: `198.51.100.${1 + other}`,
    port: 30_000,
    configId: network.uuid("config"),
    jobId: null,
    verified: true,
    active: true,
    verificationError: null,
    createdMs: 0,
    activatedMs: 0,
    verifiedMs: 0,
  });
}
