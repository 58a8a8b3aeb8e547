import { loadMock, MOCK_NAMES } from "../registry.ts";

/** `firedrill mocks ls`: what there is. */
export async function run(): Promise<number> {
  const mocks = await Promise.all(MOCK_NAMES.map((name) => loadMock(name)));
  const lines = mocks.map(({ name, summary }) => `${name.padEnd(18)}${summary}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}
