import type { MetricFamily } from "../core/metrics-text.ts";
import type { Validator } from "./validator.ts";

/** For the control port; the real validator shows its miners none. */
export function validatorMetrics({ network, channel }: Validator): readonly MetricFamily[] {
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name: `chutes_validator_${name}`,
    help,
    type: "gauge",
    samples: [{ value }],
  });
  const instances = [...network.instances.values()];
  return [
    gauge("servers", "Registered servers.", network.servers.size),
    gauge("gpus", "GPUs in the inventory.", network.nodes.size),
    gauge("instances", "Instances of all miners.", instances.length),
    gauge(
      "instances_active",
      "Active and verified ones.",
      instances.filter((it) => it.active && it.verified).length,
    ),
    gauge("sockets", "Clients of the broadcast channel.", channel.state().connected),
    gauge("audits", "Audit reports received.", network.audits.size),
  ];
}
