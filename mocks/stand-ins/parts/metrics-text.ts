import type { HttpResponse } from "../../../harness/service/http.ts";

/** One Prometheus metric family. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** A metric with one sample and no labels. */
export function single(type: Metric["type"], name: string, help: string, value: number): Metric {
  return { name, help, type, samples: [{ value }] };
}

/** GET /metrics in the Prometheus text exposition format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): HttpResponse {
  const lines = metrics.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}`),
  ]);
  return {
    status: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    body: `${lines.join("\n")}\n`,
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Backslash, quote and line feed are the three characters that the format wants escaped. */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
