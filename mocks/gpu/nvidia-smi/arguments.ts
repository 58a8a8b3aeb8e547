/** What a command line of nvidia-smi asks for; `unknown` is not an option of it, or not one that is modelled. */
export interface SmiArguments {
  readonly verb: SmiVerb;
  /** `--query-…`'s names, or the sections of `-d`. */
  readonly names: string;
  /** `-i`: numbers, UUIDs, serials or bus ids; null: all. */
  readonly ids: readonly string[] | null;
  readonly format: string | null;
  readonly loopMs: number | null;
  readonly xml: boolean;
  /** The first word that makes no sense here. */
  readonly unknown: string | null;
}

export type SmiVerb =
  | "table"
  | "list"
  | "query"
  | "query-gpu"
  | "query-compute-apps"
  | "query-remapped-rows"
  | "help-query-gpu"
  | "help-query-compute-apps"
  | "help-query-remapped-rows"
  | "gpu-reset"
  | "nvlink"
  | "version"
  | "help";

const VERBS: Readonly<Record<string, SmiVerb>> = {
  "-L": "list",
  "--list-gpus": "list",
  "-q": "query",
  "--query": "query",
  "--query-gpu": "query-gpu",
  "--query-compute-apps": "query-compute-apps",
  "--query-remapped-rows": "query-remapped-rows",
  "--help-query-gpu": "help-query-gpu",
  "--help-query-compute-apps": "help-query-compute-apps",
  "--help-query-remapped-rows": "help-query-remapped-rows",
  "-r": "gpu-reset",
  "--gpu-reset": "gpu-reset",
  nvlink: "nvlink",
  "--version": "version",
  "-h": "help",
  "--help": "help",
};

/** Options that take a value, by either spelling. */
const VALUED: Readonly<Record<string, "ids" | "format" | "loop" | "loopMs" | "sections">> = {
  "-i": "ids",
  "--id": "ids",
  "--format": "format",
  "-l": "loop",
  "--loop": "loop",
  "-lms": "loopMs",
  "--loop-ms": "loopMs",
  "-d": "sections",
  "--display": "sections",
};
/** `-l` alone. */
const DEFAULT_LOOP_S = 5;
/** An argument list longer than this is nobody's. */
const MAX_ARGUMENTS = 100;

export function parseArguments(args: readonly string[]): SmiArguments {
  let verb: SmiVerb = "table";
  let names = "";
  const values: Partial<Record<"ids" | "format" | "loop" | "loopMs" | "sections", string>> = {};
  let xml = false;
  let unknown: string | null = args.length > MAX_ARGUMENTS ? (args[MAX_ARGUMENTS] ?? null) : null;
  const words = args.slice(0, MAX_ARGUMENTS);
  for (let at = 0; at < words.length; at++) {
    const [option = "", ...rest] = (words[at] ?? "").split("=");
    const given = rest.length > 0 ? rest.join("=") : null;
    const next = words[at + 1];
    const following = () => {
      if (given !== null) return given;
      if (next === undefined || next.startsWith("-")) return null;
      at += 1;
      return next;
    };
    const valued = VALUED[option];
    const known = VERBS[option];
    if (valued !== undefined) {
      const value = following() ?? (valued === "loop" ? String(DEFAULT_LOOP_S) : null);
      if (value === null) unknown ??= option;
      else values[valued] = value;
    } else if (known !== undefined) {
      verb = known;
      if (known.startsWith("query-")) {
        const asked = following();
        if (asked === null) unknown ??= option;
        else names = asked;
      }
    } else if (option === "-x" || option === "--xml-format") xml = true;
    else if (verb === "nvlink" && (option === "-s" || option === "--status")) continue;
    else unknown ??= words[at] ?? "";
  }
  const loop = values.loopMs === undefined ? Number(values.loop) * 1_000 : Number(values.loopMs);
  const loops = values.loopMs !== undefined || values.loop !== undefined;
  if (loops && !(loop > 0)) unknown ??= values.loopMs ?? values.loop ?? "";
  return {
    verb,
    names: verb === "query" ? (values.sections ?? "") : names,
    ids: values.ids === undefined ? null : values.ids.split(",").map((it) => it.trim()),
    format: values.format ?? null,
    loopMs: loops ? loop : null,
    xml,
    unknown,
  };
}
