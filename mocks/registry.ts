import { FiredrillError } from "../harness/error.ts";
import { suggest } from "../harness/suggest.ts";
import type { MockDefinition } from "./core/mock.ts";

/** Every mock, loaded on demand: one line each. */
const MOCKS: Readonly<Record<string, () => Promise<MockDefinition>>> = {
  llm: async () => (await import("./llm/llm.ts")).llmMock,
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
