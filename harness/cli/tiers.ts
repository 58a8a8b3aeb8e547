import { FAULT_KINDS, type FaultKind } from "../fault/kinds.ts";
import { faultKind } from "../fault/registry.ts";
import { tierByName, TIER_NAMES } from "../tier/index.ts";
import type { Tier } from "../tier/tier.ts";
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
    process.stdout.write(`${table(tiers)}\n`);
    return EXIT.go;
  },
};

/** Wide enough for the longest kind and the longest grade with its note. */
const COLUMN = 22;

/** A row for each kind; what is not exact has a note, and kinds with one reason share it. */
function table(tiers: readonly Tier[]): string {
  const notes = new Map<string, { readonly number: number; readonly kinds: FaultKind[] }>();
  const cell = (kind: FaultKind, { name, capabilities }: Tier): string => {
    const capability = capabilities[kind];
    if (capability.grade === "exact") return "exact";
    const about = `on ${name}: ${capability.reason}`;
    const note = notes.get(about) ?? { number: notes.size + 1, kinds: [] };
    note.kinds.push(kind);
    notes.set(about, note);
    return `${capability.grade} (${note.number})`;
  };
  const line = (first: string, cells: readonly string[], last: string) =>
    [first, ...cells].map((text) => text.padEnd(COLUMN)).join("") + last;
  const head = line(
    "fault",
    tiers.map(({ name }) => name),
    "effect",
  );
  const rows = FAULT_KINDS.map((kind) =>
    line(
      kind,
      tiers.map((tier) => cell(kind, tier)),
      faultKind(kind).effect,
    ),
  );
  const told = [...notes].map(([about, { number, kinds }]) => `${number}. ${kinds.join(", ")} ${about}`);
  return [head, ...rows, "", ...told].join("\n");
}
