import { interpolate, InterpolationError } from "./interpolate.ts";
import { isRecord, readYaml, type Spot } from "./yaml-source.ts";

/**
 * Reads YAML with Compose's interpolation; `file` stands in error messages.
 * @throws USAGE_STACK at the first syntax error or impossible interpolation.
 */
export function readComposeSource(
  text: string,
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
): Spot {
  const { root, spotOf } = readYaml(text, file, "a Compose file in YAML");
  return spotOf(interpolateAll(root, variables));
}

function interpolateAll(spot: Spot, variables: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof spot.value === "string") {
    try {
      return interpolate(spot.value, variables);
    } catch (error) {
      if (error instanceof InterpolationError) return spot.fail(error.message);
      throw error;
    }
  }
  if (Array.isArray(spot.value)) return spot.items().map((item) => interpolateAll(item, variables));
  if (isRecord(spot.value)) {
    return Object.fromEntries(spot.entries().map(([key, item]) => [key, interpolateAll(item, variables)]));
  }
  return spot.value;
}
