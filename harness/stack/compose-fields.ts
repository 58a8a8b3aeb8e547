import { isRecord, name, show, type Spot } from "./yaml-source.ts";
import type { Dependency, ServiceSpec } from "./spec.ts";

/** A port range that is longer than this is taken for a mistake. */
const MAX_RANGE = 200;

/** `environment` as a list (`KEY=value`, `KEY`) or a mapping; a key without a value comes from `variables`, if there. */
export function readEnvironment(
  spot: Spot,
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const result: Record<string, string> = {};
  const set = (key: string, value: string | undefined) => {
    const known = value ?? variables[key];
    if (known !== undefined) result[key] = known;
  };
  if (Array.isArray(spot.value)) {
    for (const item of spot.items()) {
      const [key = "", value] = splitOnce(scalar(item), "=");
      set(key, value);
    }
    return result;
  }
  for (const [key, item] of spot.entries()) set(key, item.value === null ? undefined : scalar(item));
  return result;
}

const CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"] as const;

/** `depends_on` as a list of names or a mapping with conditions. */
export function readDependsOn(spot: Spot, services: ReadonlySet<string>): Dependency[] {
  const check = (item: Spot, service: string): string =>
    services.has(service)
      ? service
      : item.fail(`depends_on names "${service}", which is no service of this file`, {
          received: service,
          expected: `one of ${[...services].join(", ")}`,
        });
  if (Array.isArray(spot.value)) {
    return spot.items().map((item) => ({ service: check(item, scalar(item)), condition: "service_started" }));
  }
  return spot.entries().map(([service, item]) => {
    const given = item.at("condition");
    const condition = CONDITIONS.find((known) => known === (given.value ?? "service_started"));
    if (condition === undefined) {
      return given.fail("unknown condition", {
        received: show(given.value),
        expected: CONDITIONS.join(", "),
      });
    }
    return { service: check(item, service), condition };
  });
}

/** The container's TCP ports from `ports` (short and long form) and `expose`, in order, each once. */
export function readPorts(ports: Spot, expose: Spot): number[] {
  const published = ports.items().flatMap((item) => {
    if (!isRecord(item.value)) return portRange(item, lastPart(scalar(item)));
    if ((item.at("protocol").value ?? "tcp") !== "tcp") return [];
    return portRange(item.at("target"), scalar(item.at("target")));
  });
  const exposed = expose.items().flatMap((item) => portRange(item, scalar(item)));
  return [...new Set([...published, ...exposed])];
}

/** `127.0.0.1:8080:80/tcp` → `80/tcp`: what stands after the last colon is the container's. */
const lastPart = (port: string): string => port.slice(port.lastIndexOf(":") + 1);

function portRange(spot: Spot, text: string): number[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || first < 1 || last > 65_535 || last < first || last - first > MAX_RANGE) {
    return spot.fail("not a port", {
      received: show(spot.value),
      expected: '"8080", "8080:80", "127.0.0.1:8080:80", a range, or {target: 80}',
    });
  }
  if ((match[3] ?? "tcp") !== "tcp") return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Named volumes of a service: name → mount path. Folders of the host and anonymous volumes are not among them. */
export function readVolumes(spot: Spot, declared: ReadonlySet<string>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const item of spot.items()) {
    const long = isRecord(item.value);
    if (long && item.at("type").value !== "volume") continue;
    const [source, target] = long
      ? [item.at("source").value, item.at("target").value]
      : scalar(item).split(":");
    if (typeof source !== "string" || typeof target !== "string" || /^[./~\\]/.test(source)) continue;
    if (!long && /^[A-Za-z]$/.test(source)) continue; // `C:\folder:/data`: a drive, not a volume.
    if (!declared.has(source)) {
      item.fail(`volume "${source}" is not declared`, {
        received: show(item.value),
        expected:
          declared.size === 0
            ? `"${source}:" under a top-level "volumes:"`
            : `one of ${[...declared].join(", ")}`,
        hint: `add it at the top level: "volumes:" and under it "  ${source}:"`,
      });
    }
    result[source] = target;
  }
  return result;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size as Compose writes it (`512m`, `1.5gb`, a number of bytes; all powers of 1024), or null when absent. */
export function readBytes(spot: Spot): number | null {
  if (spot.value === undefined || spot.value === null) return null;
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)i?b?$/i.exec(scalar(spot));
  if (!match)
    return spot.fail("not a size", {
      received: show(spot.value),
      expected: '"512m", "1.5g", or a number of bytes',
    });
  const bytes = Math.floor(Number(match[1]) * (UNIT_BYTES[(match[2] || "b").toLowerCase()] ?? 1));
  return bytes === 0 ? null : bytes;
}

const RESTARTS = ["no", "always", "unless-stopped", "on-failure"] as const;

/** `restart`, the count of `on-failure:3` left aside. */
export function readRestart(spot: Spot): ServiceSpec["restart"] {
  if (spot.value === undefined || spot.value === null || spot.value === false) return "no";
  const policy = splitOnce(scalar(spot), ":")[0];
  return (
    RESTARTS.find((known) => known === policy) ??
    spot.fail("unknown restart policy", { received: show(spot.value), expected: RESTARTS.join(", ") })
  );
}

/** Text, number or boolean as text. @throws USAGE_STACK for anything else. */
export function scalar(spot: Spot): string {
  const { value } = spot;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return String(value);
  return spot.fail(`${name(spot.path)} is no plain value`, {
    received: show(value),
    expected: "text or a number",
  });
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)];
}
