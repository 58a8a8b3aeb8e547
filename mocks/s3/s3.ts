import { fidelitySchema } from "../core/fidelity.ts";
import type { MetricFamily } from "../core/metrics-text.ts";
import type { MockDefinition } from "../core/mock.ts";
import { answerS3 } from "./answer.ts";
import { S3_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { hostsOf } from "./hosts.ts";
import { labelsOf } from "./labels.ts";
import { createS3Service } from "./service.ts";
import type { S3Service } from "./service.ts";
import { S3_SETTINGS } from "./settings.ts";

/** Amazon S3: the part of it that the rehearsed systems use. */
export const s3Mock: MockDefinition = {
  name: "s3",
  summary: "S3 with real signatures, POST policies and check sums; buckets per tenant",
  fidelity: fidelitySchema.parse(fidelity),
  settings: S3_SETTINGS,
  faults: S3_FAULTS,
  controlPort: 8_699,
  build(world) {
    const service = createS3Service(world);
    return {
      listeners: [
        {
          kind: "http",
          name: "api",
          port: 8_600,
          hosts: hostsOf(service.settings),
          journalHeaders: ["x-amz-content-sha256", "x-amz-copy-source", "range"],
          labels: (request) => labelsOf(service.settings, request),
          answer: (request, exchange) => answerS3(service, request, exchange),
        },
      ],
      state: () => stateOf(service),
      metrics: () => metricsOf(service),
    };
  },
};

function stateOf({ store }: S3Service) {
  const buckets = [...store.buckets.values()].map((bucket) => {
    const { name, region, objects, uploads } = bucket;
    const bytes = bucket.list().reduce((sum, object) => sum + object.bytes, 0);
    return [name, { region, objects: objects.size, bytes, uploads: uploads.size }] as const;
  });
  return { bytes: store.bytes(), buckets: Object.fromEntries(buckets) };
}

function metricsOf({ store, answered }: S3Service): MetricFamily[] {
  const perBucket = (value: (name: string) => number) =>
    [...store.buckets.keys()].map((bucket) => ({ labels: { bucket }, value: value(bucket) }));
  return [
    {
      name: "s3_requests_total",
      help: "Answers by operation and status.",
      type: "counter",
      samples: [...answered].map(([kind, value]) => {
        const [operation = "", status = ""] = kind.split(" ");
        return { labels: { operation, status }, value };
      }),
    },
    {
      name: "s3_objects",
      help: "Objects.",
      type: "gauge",
      samples: perBucket((name) => store.buckets.get(name)?.objects.size ?? 0),
    },
    {
      name: "s3_bytes",
      help: "Bytes of all objects and parts.",
      type: "gauge",
      samples: [{ value: store.bytes() }],
    },
  ];
}
