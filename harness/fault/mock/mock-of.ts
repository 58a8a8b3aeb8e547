import type { MockDefinition } from "../../../mocks/core/mock.ts";
import { loadMock } from "../../../mocks/registry.ts";
import { FiredrillError } from "../../error.ts";
import type { ServiceSpec, StackSpec } from "../../stack/spec.ts";

/** The mock that a service is. @throws USAGE_FAULT when the stack does not say that it is one. */
export async function mockOf(stack: StackSpec, name: string): Promise<MockDefinition> {
  const mock = stack.services[name]?.mock ?? null;
  return mock === null ? noMock(stack, name) : loadMock(mock);
}

/** @throws USAGE_FAULT always. */
export function noMock(stack: StackSpec, name: string): never {
  const mocks = mockServices(stack).map((service) => service.name);
  throw new FiredrillError("USAGE_FAULT", `"${name}" is no mock, so it takes no faults of one`, {
    received: name,
    expected:
      mocks.length === 0 ? "a service that is a mock; the stack has none" : `one of ${mocks.join(", ")}`,
    hint: `if it is one, say so: "x-firedrill: { mock: llm }" in the Compose file, annotation firedrill.dev/mock in a chart`,
  });
}

/** The services that are mocks, in the stack's order. */
export function mockServices(stack: StackSpec): (ServiceSpec & { readonly mock: string })[] {
  return Object.values(stack.services).flatMap((service) =>
    service.mock === null ? [] : [{ ...service, mock: service.mock }],
  );
}
