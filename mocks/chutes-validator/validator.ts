import type { MockExchange, MockRequest } from "../core/http.ts";
import type { MockWorld } from "../core/mock.ts";
import { checkHotkey } from "./auth/hotkey.ts";
import { parseValidatorSettings } from "./settings.ts";
import type { ValidatorSettings } from "./settings.ts";
import { createChannel } from "./socket/channel.ts";
import type { Channel } from "./socket/channel.ts";
import { Refusal } from "./failure.ts";
import { fillCatalogue } from "./state/catalogue.ts";
import { createNetwork } from "./state/network.ts";
import type { Network } from "./state/network.ts";
import { createDevices } from "./worker/devices.ts";
import type { Device } from "./worker/devices.ts";
import { createWorker } from "./worker/worker.ts";
import type { Worker } from "./worker/worker.ts";

/** One life of the validator and of the one worker that belongs to the miner. */
export interface Validator {
  readonly world: MockWorld;
  readonly settings: ValidatorSettings;
  readonly network: Network;
  readonly channel: Channel;
  readonly devices: readonly Device[];
  readonly worker: Worker;
}

/** One request to it. */
export interface Call {
  readonly validator: Validator;
  readonly request: MockRequest;
  readonly exchange: MockExchange;
  /** Who asks; empty on routes that nobody signs. */
  readonly hotkey: string;
  /** What the path's placeholders stand for. */
  readonly params: Readonly<Record<string, string>>;
}

export function createValidator(world: MockWorld): Validator {
  const settings = parseValidatorSettings(world.settings);
  const network = createNetwork(world, settings);
  const devices = createDevices(world, settings);
  const worker = createWorker();
  const channel = createChannel(world, (headers) => authenticate(validator, headers));
  const validator: Validator = { world, settings, network, channel, devices, worker };
  fillCatalogue(network, settings);
  return validator;
}

/** The `authenticate` event: headers as a dictionary, spelled as the miner sends them. */
function authenticate(validator: Validator, headers: unknown): { hotkey: string } | { error: string } {
  const given = (typeof headers === "object" && headers !== null ? headers : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const signed = {
    hotkey: text("X-Chutes-Hotkey"),
    nonce: text("X-Chutes-Nonce"),
    signature: text("X-Chutes-Signature"),
  };
  try {
    const skew = validator.world.faults.take("validator.401skew", {
      labels: { key: signed.hotkey, route: "socket" },
    });
    return { hotkey: checkHotkey(validator, signed, "sockets", Number(skew?.params["seconds"] ?? 0)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: `Authentication failed: ${error.message}` };
  }
}
