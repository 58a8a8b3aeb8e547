import { FiredrillError } from "../harness/error.ts";
import { suggest } from "../harness/suggest.ts";
import type { MockDefinition } from "./core/mock.ts";

/** Every mock, loaded on demand: one line each. */
const MOCKS: Readonly<Record<string, () => Promise<MockDefinition>>> = {
  "chutes-validator": async () =>
    (await import("./chutes-validator/chutes-validator.ts")).chutesValidatorMock,
  llm: async () => (await import("./llm/llm.ts")).llmMock,
  gpu: async () => (await import("./gpu/gpu.ts")).gpuMock,
  bitcoin: async () => (await import("./bitcoin/bitcoin.ts")).bitcoinMock,
  stratum: async () => (await import("./stratum/stratum.ts")).stratumMock,
  subtensor: async () => (await import("./subtensor/subtensor.ts")).subtensorMock,
  s3: async () => (await import("./s3/s3.ts")).s3Mock,
};

export const MOCK_NAMES: readonly string[] = Object.keys(MOCKS);

/** @throws USAGE_FLAG when there is none of this name. */
export async function loadMock(name: string): Promise<MockDefinition> {
  const load = MOCKS[name];
  if (load !== undefined) return load();
  throw new FiredrillError("USAGE_FLAG", "there is no such mock", {
    received: name,
    expected: MOCK_NAMES.join(", "),
    hint: suggest(name, MOCK_NAMES),
  });
}
