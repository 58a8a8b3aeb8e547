import { FiredrillError } from "../error.ts";
import type { RunningStack } from "../tier/tier.ts";
import type { DynamicRole, StackSpec } from "./spec.ts";

/** How long one member of a dynamic role may take to say whether it holds the role. */
const ASK_TIMEOUT_MS = 2_000;

/** How many of several matches are meant: exactly one, the first by name, or every one. */
export type Pick = "one" | "any" | "all";

/**
 * What a word stands for, without asking the stack, sorted by name: the services of a static role; else the service
 * itself; for a dynamic role all that may hold it; else the nodes or clusters with that role or pool; else the node or
 * cluster itself. No word means both a service and a place: reading the stack refuses that.
 * @throws USAGE_SELECTION when the word means nothing: an empty selection is an error, never "everything".
 */
export function servicesOfRole(spec: StackSpec, roleOrService: string): string[] {
  const wanted = dynamicRole(spec, roleOrService)?.among ?? roleOrService;
  const members = Object.values(spec.services)
    .filter((service) => service.role === wanted)
    .map((service) => service.name)
    .toSorted();
  if (members.length > 0) return members;
  if (Object.hasOwn(spec.services, wanted)) return [wanted];
  const places = Object.values(spec.places)
    .filter((place) => place.roles.includes(wanted))
    .map((place) => place.name)
    .toSorted(byNumber);
  if (places.length > 0) return places;
  if (Object.hasOwn(spec.places, wanted)) return [wanted];
  throw new FiredrillError("USAGE_SELECTION", `"${roleOrService}" selects nothing in stack "${spec.name}"`, {
    received: roleOrService,
    expected: choices(spec),
  });
}

/**
 * The services or places that a fault hits now. A dynamic role is asked of its members: GET `path`, and the answer's
 * fields must equal `where`.
 * @throws USAGE_SELECTION when nothing matches, or several match and `pick` is "one".
 */
export async function resolveTargets(stack: RunningStack, on: string, pick: Pick): Promise<string[]> {
  const candidates = servicesOfRole(stack.spec, on);
  const role = dynamicRole(stack.spec, on);
  const holding = role === undefined ? candidates : await holders(stack, on, role, candidates);
  const [first] = holding;
  if (pick === "all" || first === undefined || holding.length === 1) return holding;
  if (pick === "any") return [first];
  throw new FiredrillError(
    "USAGE_SELECTION",
    `"${on}" matches ${holding.length} ${Object.hasOwn(stack.spec.places, first) ? "places" : "services"}`,
    {
      received: `${on}, pick "one": ${holding.join(", ")}`,
      expected: "exactly one match",
      hint: 'say pick: "any" for the first by name, pick: "all" for every one, or name the one that is meant',
    },
  );
}

type Answer = { readonly holds: boolean; readonly said: string };

async function holders(
  stack: RunningStack,
  name: string,
  role: DynamicRole,
  candidates: readonly string[],
): Promise<string[]> {
  const answers = await Promise.all(candidates.map((service) => ask(stack, service, role)));
  const found = candidates.filter((_, index) => answers[index]?.holds === true);
  if (found.length > 0) return found;
  throw new FiredrillError("USAGE_SELECTION", `nobody holds the role "${name}" now`, {
    received: candidates.map((service, index) => `${service}: ${answers[index]?.said ?? ""}`).join("; "),
    expected: `an answer with ${JSON.stringify(role.where)} from GET :${role.port}${role.path}`,
    hint: `wait for the role to be taken, or choose something else; ${choices(stack.spec)}`,
  });
}

async function ask(stack: RunningStack, service: string, role: DynamicRole): Promise<Answer> {
  const url = `http://${service}:${role.port}${role.path}`;
  try {
    const response = await stack.request({ method: "GET", url, timeoutMs: ASK_TIMEOUT_MS });
    return {
      holds: matches(response.body, role.where),
      said: `${response.status} ${response.body.slice(0, 120)}`,
    };
  } catch (error) {
    // A member that is down does not hold the role.
    return { holds: false, said: error instanceof Error ? error.message : String(error) };
  }
}

function matches(body: string, where: DynamicRole["where"]): boolean {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return false;
  }
  if (typeof answer !== "object" || answer === null) return false;
  const fields = answer as Record<string, unknown>;
  return Object.entries(where).every(([field, value]) => fields[field] === value);
}

const dynamicRole = (spec: StackSpec, name: string): DynamicRole | undefined =>
  Object.hasOwn(spec.roles, name) ? spec.roles[name] : undefined;

function choices(spec: StackSpec): string {
  const roles = [...Object.values(spec.services).map((service) => service.role), ...Object.keys(spec.roles)];
  const words = [`roles: ${list(roles)}`, `services: ${list(Object.keys(spec.services))}`];
  const places = Object.values(spec.places);
  if (places.length > 0) {
    words.push(`nodes and clusters: ${list(places.map(({ name }) => name))}`);
    words.push(`pools and other words for them: ${list(places.flatMap((place) => place.roles))}`);
  }
  return words.join("; ");
}

const list = (words: readonly string[]): string => [...new Set(words)].toSorted(byNumber).join(", ");

/** `agent-2` stands before `agent-10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
