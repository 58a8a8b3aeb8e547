import { tierByName, TIER_NAMES } from "../tier/index.ts";

/** One line: which real tiers are ready and the command that runs this scenario there, or what they lack. */
export async function nextTiers(command: string): Promise<string> {
  const lines = await Promise.all(
    TIER_NAMES.filter((name) => name !== "sim").map(async (name) => {
      const readiness = await (await tierByName(name)).ready();
      return readiness.ready
        ? `${name} is ready: ${command} --tier ${name}`
        : `${name} is not ready (${readiness.reason}): ${readiness.fix}`;
    }),
  );
  return `On real containers: ${lines.join("; ")}`;
}
