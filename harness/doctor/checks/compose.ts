import { findCompose } from "../../tier/compose/compose-cli.ts";
import type { Check } from "../check.ts";

/** Is Docker Compose v2 there? It can be found before any engine is. */
export const compose: Check = {
  id: "compose",
  title: "Docker Compose",
  neededBy: "compose",
  run: async () => {
    const search = await findCompose();
    if (search.found) {
      return { state: "ok", summary: `${search.cli.version}, as \`${search.cli.command.join(" ")}\`` };
    }
    return {
      state: "missing",
      summary: "Compose v2 was not found",
      details: search.tried,
      fix: "npx firedrill doctor --fix (or install Docker's compose plug-in)",
    };
  },
};
