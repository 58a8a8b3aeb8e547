import type { MetricFamily, Sample } from "../../core/metrics-text.ts";
import { XIDS } from "../catalogue/xids.ts";
import type { GpuReading } from "../machine/reading.ts";
import type { Dialect, GpuSettings } from "../settings.ts";
import { ADDED_IN_4_9, DEFAULT_COUNTERS, HEALTH_COUNTERS } from "./counters.ts";
import type { Counter } from "./counters.ts";

/** dcgm-exporter counts XIDs and clock events in windows of five minutes. */
const WINDOW_MS = 300_000;

/** What spoils a scrape. */
export interface Spoiled {
  /** Metrics that have no number; `all`: every one. */
  readonly nan: string | "all" | null;
  readonly missing: string | null;
}

/** A scrape of `/metrics`: one collected sample in one dialect. */
export function dcgmFamilies(
  gpus: readonly GpuReading[],
  settings: GpuSettings,
  dialect: Dialect,
  spoiled: Spoiled,
): readonly MetricFamily[] {
  const health = settings.dcgmCounters === "health";
  const counters = [
    ...DEFAULT_COUNTERS,
    ...(dialect === "4.9" ? [ADDED_IN_4_9] : []),
    ...(health ? HEALTH_COUNTERS : []),
  ];
  const families = [
    ...counters.map((counter) => familyOf(counter, gpus, settings, dialect)),
    ...(health ? exporterOwn(gpus, settings, dialect) : []),
  ];
  return families
    .filter(({ name, samples }) => samples.length > 0 && name !== spoiled.missing)
    .map((family) =>
      spoiled.nan === "all" || spoiled.nan === family.name ? withoutNumbers(family) : family,
    );
}

type Plain = Extract<MetricFamily, { readonly type: "counter" | "gauge" }>;

function familyOf(
  { name, help, type, value, factor, remembered }: Counter,
  gpus: readonly GpuReading[],
  settings: GpuSettings,
  dialect: Dialect,
): Plain {
  const samples = gpus.flatMap((gpu): Sample[] => {
    const number = gpu.lost !== null && remembered !== true ? null : value(gpu);
    if (number === null) return [];
    const isXid = name["4.8"] === "DCGM_FI_DEV_XID_ERRORS";
    const labels = labelsOf(gpu, settings, dialect, isXid ? { attributes: xidAttributes(number) } : {});
    return [{ labels, value: dialect === "4.9" ? scaled(number, factor) : number }];
  });
  return { name: name[dialect], help: help[dialect], type, samples };
}

/** Without the dust of binary fractions: 97 × 0.01 is 0.97. */
function scaled(value: number, factor: number): number {
  return Number((value * factor).toPrecision(12));
}

/** What the exporter says of an XID beside its code. */
function xidAttributes(code: number): Record<string, string> {
  return { err_code: String(code), err_msg: code === 0 ? "No Error" : (XIDS[code]?.name ?? "Unknown Error") };
}

type Texts = Readonly<Record<string, string>>;
const sorted = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/**
 * In the exporter's own order (render_metrics.go of 4.5.3-4.8.2): the fixed ones, then by name the labels that are fields, then by name
 * the attributes. Up to 4.8.2 the host's label begins with a capital letter; commit d5e5f51 after it made it small.
 */
function labelsOf(
  gpu: GpuReading,
  { hostname, driver, card }: GpuSettings,
  dialect: Dialect,
  more: { readonly labels?: Texts; readonly attributes?: Texts } = {},
): Texts {
  const { identity, jobs, mig } = gpu;
  const [job] = jobs;
  return {
    gpu: String(identity.index),
    UUID: identity.uuid,
    pci_bus_id: identity.busId,
    device: `nvidia${identity.index}`,
    modelName: card.name,
    ...(mig ? { GPU_I_PROFILE: card.mig ?? "", GPU_I_ID: "7" } : {}),
    hostname,
    ...sorted({
      [dialect === "4.8" ? "DCGM_FI_DRIVER_VERSION" : "DCGM_FI_SYSTEM_DRIVER_VERSION"]: driver,
      ...more.labels,
    }),
    ...sorted({
      ...(job === undefined
        ? {}
        : { container: job.name, namespace: "default", pod: `${job.name}-${job.pid}` }),
      ...more.attributes,
    }),
  };
}

/** A GPU without any has one sample of 0 and no `xid` or `clock_event` (expcollector.go). */
function exporterOwn(gpus: readonly GpuReading[], settings: GpuSettings, dialect: Dialect): readonly Plain[] {
  const window = { window_size_in_ms: String(WINDOW_MS) };
  const samples = (label: string, of: (gpu: GpuReading) => readonly (readonly [string, number])[]) =>
    gpus.flatMap((gpu) => {
      const counts = of(gpu);
      const sample = (labels: Texts, value: number): Sample => ({
        labels: labelsOf(gpu, settings, dialect, { labels: { ...window, ...labels } }),
        value,
      });
      return counts.length === 0
        ? [sample({}, 0)]
        : counts.map(([which, value]) => sample({ [label]: which }, value));
    });
  return [
    {
      name: "DCGM_EXP_XID_ERRORS_COUNT",
      help: "reported XIDs during last window",
      type: "counter",
      samples: samples("xid", ({ xidCounts }) => [...xidCounts].map(([xid, count]) => [String(xid), count])),
    },
    {
      name: "DCGM_EXP_CLOCK_EVENTS_COUNT",
      help: "reported clock events",
      type: "counter",
      samples: samples("clock_event", (gpu) =>
        Object.entries(EVENTS).flatMap(([reason, is]) => (is(gpu) ? [[reason, 1] as const] : [])),
      ),
    },
  ];
}

/** Names of dcgm-exporter's clock_events_collector.go. */
const EVENTS: Readonly<Record<string, (gpu: GpuReading) => boolean>> = {
  gpu_idle: ({ moment }) => moment.reasons.idle,
  power_cap: ({ moment }) => moment.reasons.softwarePower,
  hw_slowdown: ({ moment }) => moment.reasons.hardwareThermal,
  sw_thermal: ({ moment }) => moment.reasons.softwareThermal,
  hw_thermal: ({ moment }) => moment.reasons.hardwareThermal,
};

function withoutNumbers(family: Plain): Plain {
  return {
    ...family,
    samples: family.samples.map(({ labels }) => ({ ...(labels && { labels }), value: NaN })),
  };
}
