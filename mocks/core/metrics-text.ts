/** One Prometheus metric family: counters and gauges as samples, histograms as counts per bucket. */
export type MetricFamily = {
  readonly name: string;
  readonly help: string;
} & (
  | { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
  | { readonly type: "histogram"; readonly samples: readonly HistogramSample[] }
);

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels?: Labels;
  readonly histogram: Histogram;
}

/** Fixed buckets, counted as they come. */
export class Histogram {
  /** Upper ends, rising, without +Inf. */
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number, times = 1): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#sum += value * times;
  }

  /** `[bound, count of all up to it]`, with `+Inf` last. */
  buckets(): [string, number][] {
    let total = 0;
    return this.#counts.map((count, at) => [String(this.bounds[at] ?? "+Inf"), (total += count)]);
  }

  get sum(): number {
    return this.#sum;
  }
}

/** The text exposition format, version 0.0.4. */
export function metricsText(families: readonly MetricFamily[]): string {
  const lines = families.flatMap((family) => [
    `# HELP ${family.name} ${family.help}`,
    `# TYPE ${family.name} ${family.type}`,
    ...(family.type === "histogram"
      ? family.samples.flatMap((sample) => histogramLines(family.name, sample))
      : family.samples.map(({ labels = {}, value }) => `${family.name}${labelText(labels)} ${value}`)),
  ]);
  return `${lines.join("\n")}\n`;
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function histogramLines(name: string, { labels = {}, histogram }: HistogramSample): string[] {
  const buckets = histogram.buckets();
  return [
    ...buckets.map(([le, count]) => `${name}_bucket${labelText({ ...labels, le })} ${count}`),
    `${name}_sum${labelText(labels)} ${histogram.sum}`,
    `${name}_count${labelText(labels)} ${buckets.at(-1)?.[1] ?? 0}`,
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Backslash, quote and line feed are the three characters that the format wants escaped. */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
