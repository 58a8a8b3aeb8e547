import { FAULT_KINDS } from "../fault/kinds.ts";
import { faultKind } from "../fault/registry.ts";
import { tierByName, TIER_NAMES } from "../tier/index.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { type Command, parseFlags } from "./command.ts";

const usage = "tiers [--json]";

/** The capability matrix, from the code that enforces it. */
export const command: Command = {
  usage,
  summary: "what each tier can show: the capability matrix",
  run: async (args) => {
    const { values } = parseFlags(usage, args, { json: { type: "boolean", default: false } });
    const tiers = await Promise.all(TIER_NAMES.map((name) => tierByName(name)));
    const matrix = Object.fromEntries(
      FAULT_KINDS.map((kind) => [
        kind,
        Object.fromEntries(tiers.map((tier) => [tier.name, tier.capabilities[kind]])),
      ]),
    );
    if (values.json) {
      process.stdout.write(`${JSON.stringify(matrix, null, 2)}\n`);
      return EXIT.go;
    }
    const notes: string[] = [];
    const cell = (kind: (typeof FAULT_KINDS)[number], tier: (typeof tiers)[number]) => {
      const capability = tier.capabilities[kind];
      if (capability.grade === "exact") return "exact";
      notes.push(`${notes.length + 1}. ${kind} on ${tier.name}: ${capability.reason}`);
      return `${capability.grade} (${notes.length})`;
    };
    const rows = FAULT_KINDS.map((kind) => {
      const cells = tiers.map((tier) => cell(kind, tier).padEnd(18)).join("");
      return `${kind.padEnd(18)}${cells}${faultKind(kind).effect}`;
    });
    const head = `${"fault".padEnd(18)}${tiers.map((tier) => tier.name.padEnd(18)).join("")}effect`;
    process.stdout.write(`${[head, ...rows, "", ...notes].join("\n")}\n`);
    return EXIT.go;
  },
};
