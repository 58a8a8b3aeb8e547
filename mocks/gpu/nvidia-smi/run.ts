import type { GpuReading } from "../machine/reading.ts";
import { APP_FIELDS, REMAP_FIELDS } from "./app-fields.ts";
import { parseArguments } from "./arguments.ts";
import type { SmiArguments } from "./arguments.ts";
import { chooseFields, csv, fieldHelp, parseFormat } from "./csv.ts";
import type { Field, SmiContext } from "./field.ts";
import { GPU_FIELDS } from "./fields.ts";
import { fullText, fullXml } from "./full.ts";
import { HELP } from "./help.ts";
import { bad, done, failed, SMI_EXIT } from "./result.ts";
import type { SmiResult } from "./result.ts";
import { tableText } from "./table.ts";

/** What nvidia-smi finds when it is started. */
export interface SmiView {
  readonly gpus: readonly GpuReading[];
  readonly context: SmiContext;
  /** What is wrong with the driver as a whole. */
  readonly driver: "ok" | "mismatch" | "notLoaded" | "noLibrary" | "infoRom" | "noDevices";
  /** Lost GPUs keep their row, with `[GPU is lost]` where a value would be, as in a query that goes on. */
  readonly lostInRows: boolean;
  /** False: the reset did not help. */
  reset(gpu: number): boolean;
  /** Something was asked that real ones know and this one does not. */
  unmodelled(what: string): void;
}

const INVALID = "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n\n";

/** One call of nvidia-smi: the arguments after its name. */
export function runSmi(args: readonly string[], view: SmiView): SmiResult {
  const asked = parseArguments(args);
  if (asked.unknown !== null) {
    view.unmodelled(`nvidia-smi ${args.join(" ").slice(0, 200)}`);
    return bad(INVALID);
  }
  if (asked.verb === "help") return done(HELP);
  if (asked.verb === "help-query-gpu") return fieldHelp("gpu", GPU_FIELDS);
  if (asked.verb === "help-query-compute-apps") return fieldHelp("compute-apps", APP_FIELDS);
  if (asked.verb === "help-query-remapped-rows") return fieldHelp("remapped-rows", REMAP_FIELDS);
  return driverTrouble(view) ?? answer(asked, view);
}

function driverTrouble({ driver, gpus, context }: SmiView): SmiResult | null {
  switch (driver) {
    case "mismatch": {
      const library = context.settings.driver.split(".").slice(0, 2).join(".");
      return failed(
        SMI_EXIT.versions,
        `Failed to initialize NVML: Driver/library version mismatch\nNVML library version: ${library}\n`,
      );
    }
    case "notLoaded":
      return failed(
        SMI_EXIT.noDriver,
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
      );
    case "noLibrary":
      return failed(
        SMI_EXIT.noLibrary,
        "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed and present in your system.\n",
      );
    case "infoRom":
      return failed(
        SMI_EXIT.infoRom,
        `WARNING: infoROM is corrupted at gpu ${gpus[0]?.identity.busId ?? ""}\n`,
      );
    case "noDevices":
      return failed(SMI_EXIT.notFound, "No devices were found\n");
    case "ok":
      return gpus.length === 0 ? failed(SMI_EXIT.notFound, "No devices were found\n") : null;
  }
}

function answer(asked: SmiArguments, view: SmiView): SmiResult {
  const chosen = choose(asked.ids, view.gpus);
  if (chosen === null) return failed(SMI_EXIT.notFound, "No devices were found\n");
  const lost = chosen.find((gpu) => gpu.lost !== null);
  const inRows = view.lostInRows && asked.verb === "query-gpu";
  if (lost !== undefined && !inRows && asked.verb !== "version")
    return failed(
      SMI_EXIT.fellOff,
      `Unable to determine the device handle for GPU${lost.identity.index}: ${lost.identity.busId.slice(4)}: Unknown Error\n`,
    );
  switch (asked.verb) {
    case "list":
      return done(chosen.map(listed).join(""));
    case "version":
      return done(version(view.context));
    case "query-gpu":
      return query(asked, GPU_FIELDS, chosen, view, (gpu) => gpu.lost !== null);
    case "query-compute-apps":
      return query(
        asked,
        APP_FIELDS,
        chosen.flatMap((gpu) => gpu.jobs.map((job) => ({ gpu, job }))),
        view,
      );
    case "query-remapped-rows":
      return query(asked, REMAP_FIELDS, chosen, view);
    case "query": {
      const text = asked.xml ? fullXml(chosen, view.context) : fullText(chosen, view.context, asked.names);
      return text === null ? bad(INVALID) : done(text, asked.loopMs);
    }
    case "gpu-reset":
      return resetAll(asked, chosen, view);
    case "nvlink":
      return done(chosen.map(linkLines).join(""));
    default:
      return done(tableText(chosen, view.context), asked.loopMs);
  }
}

function choose(ids: readonly string[] | null, gpus: readonly GpuReading[]): readonly GpuReading[] | null {
  if (ids === null) return gpus;
  const named = ids.map((id) =>
    gpus.find(({ identity: { index, uuid, serial, busId } }) => {
      const wanted = id.toUpperCase();
      return [String(index), uuid.toUpperCase(), serial, busId, busId.slice(4)].includes(wanted);
    }),
  );
  return named.every((gpu) => gpu !== undefined) ? named : null;
}

function query<Row>(
  asked: SmiArguments,
  known: readonly Field<Row>[],
  rows: readonly Row[],
  { context }: SmiView,
  lost?: (row: Row) => boolean,
): SmiResult {
  if (asked.format === null)
    return bad("\"--format=\" switch is missing. Please run 'nvidia-smi -h' for help.\n\n");
  const format = parseFormat(asked.format);
  if (format === null) return bad(`Format "${asked.format}" is not a valid format.\n\n`);
  const fields = chooseFields(asked.names, known);
  if ("exitCode" in fields) return fields;
  const text = csv(fields, rows, format, context, lost);
  const anyLost = lost !== undefined && rows.some(lost);
  return { stdout: text, exitCode: anyLost ? SMI_EXIT.fellOff : 0, loopMs: asked.loopMs };
}

function listed({ identity, card, mig }: GpuReading): string {
  const slices = mig
    ? Array.from(
        { length: 7 },
        (_, at) => `  MIG ${card.mig}     Device  ${at}: (UUID: MIG-${identity.uuid.slice(4, -1)}${at})\n`,
      )
    : [];
  return `GPU ${identity.index}: ${card.name} (UUID: ${identity.uuid})\n${slices.join("")}`;
}

/** It won't reset what is in use; what a reset can't cure stays as it is. */
function resetAll(asked: SmiArguments, chosen: readonly GpuReading[], view: SmiView): SmiResult {
  const busy = chosen.find(({ jobs }) => jobs.length > 0);
  const name = ({ identity }: GpuReading) => `GPU ${identity.busId}`;
  if (busy !== undefined)
    return failed(
      SMI_EXIT.other,
      `${name(busy)} is currently in use by one or more other processes (e.g. Fabric Manager, CUDA application, graphics application such as an X server, or a monitoring application such as another instance of nvidia-smi). Please first kill all processes using this GPU and all compute applications running in the system.\n`,
    );
  const lines = chosen.map((gpu) =>
    view.reset(gpu.identity.index)
      ? `${name(gpu)} was successfully reset.\n`
      : `${name(gpu)}: Unable to reset this GPU.\n`,
  );
  const failure = lines.some((line) => line.includes("Unable"));
  return {
    stdout: `${lines.join("")}${failure ? "" : "All done.\n"}`,
    exitCode: failure ? SMI_EXIT.other : 0,
    loopMs: null,
  };
}

/** Of one link; the same for all that are up. H100: 26.562 GB/s. */
const LINK_GB_PER_S: Readonly<Record<string, string>> = {
  Ampere: "25",
  Hopper: "26.562",
  Blackwell: "53.125",
};

function linkLines({ identity, card, linksDown }: GpuReading): string {
  const lines = Array.from({ length: card.nvlinks }, (_, link) =>
    link < linksDown
      ? `\t Link ${link}: <inactive>\n`
      : `\t Link ${link}: ${LINK_GB_PER_S[card.architecture] ?? "25"} GB/s\n`,
  );
  return `GPU ${identity.index}: ${card.name} (UUID: ${identity.uuid})\n${lines.join("")}`;
}

function version({ settings }: SmiContext): string {
  return `NVIDIA-SMI version  : ${settings.driver}\nNVML version        : ${settings.driver.split(".").slice(0, 2).join(".")}\nDRIVER version      : ${settings.driver}\nCUDA Version        : ${settings.cuda}\n`;
}
