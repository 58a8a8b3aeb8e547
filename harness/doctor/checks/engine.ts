import type { Check } from "../check.ts";

/** Is there a Docker engine, and if not, what was tried? */
export const engine: Check = {
  id: "engine",
  title: "Docker engine",
  neededBy: "real tiers",
  run: async (examination) => {
    const search = await examination.engine;
    const details = search.strategies.map(({ name, outcome, detail }) => `${name}: ${outcome}, ${detail}`);
    if (search.found) {
      const { version, apiVersion, host } = search.engine;
      return { state: "ok", summary: `${version}, API ${apiVersion}, at ${host}`, details };
    }
    return {
      state: "missing",
      summary: "no engine answers",
      details,
      fix: "start Docker; on Debian or Ubuntu, as root: npx firedrill doctor --fix",
    };
  },
};
