/** A field of something that came as JSON from a system under test: anything at all, so `undefined` where it is no object. */
export function fieldOf(value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
