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
    const labels = labelsOf(gpu, settings, dialect);
    return [{ labels, value: dialect === "4.9" ? scaled(number, factor) : number }];
  });
  return { name: name[dialect], help: help[dialect], type, samples };
}

/** Without the dust of binary fractions: 97 × 0.01 is 0.97. */
function scaled(value: number, factor: number): number {
  return Number((value * factor).toPrecision(12));
}

/** In the exporter's own order; the host's label has a small letter from 4.8.3 on. */
function labelsOf(gpu: GpuReading, { hostname, driver, card }: GpuSettings, dialect: Dialect) {
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
    [dialect === "4.8" ? "DCGM_FI_DRIVER_VERSION" : "DCGM_FI_SYSTEM_DRIVER_VERSION"]: driver,
    ...(job === undefined
      ? {}
      : { container: job.name, namespace: "default", pod: `${job.name}-${job.pid}` }),
  };
}

function exporterOwn(gpus: readonly GpuReading[], settings: GpuSettings, dialect: Dialect): readonly Plain[] {
  const window = { window_size_in_ms: String(WINDOW_MS) };
  const xids = gpus.flatMap((gpu) =>
    [...gpu.xidCounts].map(([xid, value]) => ({
      labels: {
        ...labelsOf(gpu, settings, dialect),
        ...window,
        xid: String(xid),
        err_msg: XIDS[xid]?.text ?? "",
      },
      value,
    })),
  );
  const events = gpus.flatMap((gpu) =>
    Object.entries(EVENTS).map(([reason, is]) => ({
      labels: { ...labelsOf(gpu, settings, dialect), ...window, clock_event: reason },
      value: Number(is(gpu)),
    })),
  );
  return [
    { name: "DCGM_EXP_XID_ERRORS_COUNT", help: "XID errors by code.", type: "gauge", samples: xids },
    { name: "DCGM_EXP_CLOCK_EVENTS_COUNT", help: "Clock events by reason.", type: "gauge", samples: events },
  ];
}

const EVENTS: Readonly<Record<string, (gpu: GpuReading) => boolean>> = {
  gpu_idle: ({ moment }) => moment.reasons.idle,
  sw_power_cap: ({ moment }) => moment.reasons.softwarePower,
  sw_thermal: ({ moment }) => moment.reasons.softwareThermal,
  hw_thermal: ({ moment }) => moment.reasons.hardwareThermal,
};

function withoutNumbers(family: Plain): Plain {
  return {
    ...family,
    samples: family.samples.map(({ labels }) => ({ ...(labels && { labels }), value: NaN })),
  };
}
