import {
  type ControlAnswer,
  type ControlQuestion,
  withdraw,
  auditWithdrawn,
} from "../../../fault/mock/control.ts";
import { noMock } from "../../../fault/mock/mock-of.ts";
import { mockFault, preparedMockFault } from "../../../fault/mock/put.ts";
import type { Injector } from "../../../fault/injector.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import { RequestError } from "../../../service/http.ts";
import type { World } from "../world.ts";
import { targetsOf } from "./look.ts";

/** For one question to a mock's control port. */
const ASK_LIMIT_MS = 2_000;
/** The name of the undo operation. */
export const WITHDRAW = "withdraw-mock-fault";

/** Faults of mocks, put over their control ports from inside their own containers, so that no other fault is in the way. */
export function mockInjector(world: World): Injector {
  return {
    async prepare(fault) {
      const mocks = targetsOf(world, fault).map(({ spec: { name }, program: { controlPort } }) => {
        if (controlPort === undefined) return noMock(world.spec, name);
        const undo = { op: WITHDRAW, args: { service: name, port: controlPort, fault: fault.id } };
        const door = { name, undo, open: async () => {}, ask: askFrom(world, name, controlPort) };
        return mockFault(fault, door);
      });
      return preparedMockFault(fault, mocks);
    },
  };
}

/** Takes a mock's fault away. A mock that has ended holds none. */
export async function withdrawMockFault(world: World, action: UndoAction): Promise<void> {
  await withdraw(askOf(world, action), String(action.args["fault"]));
}

export async function auditMockFault(world: World, action: UndoAction) {
  const { service, fault } = action.args;
  return auditWithdrawn(askOf(world, action), String(fault), String(service));
}

function askOf(world: World, { args }: UndoAction) {
  return askFrom(world, String(args["service"]), Number(args["port"]));
}

function askFrom(world: World, service: string, port: number) {
  return async ({ method, path, body }: ControlQuestion): Promise<ControlAnswer> => {
    if (world.container(service).process === null) return { kind: "nobody", why: `${service} does not run` };
    const url = `http://localhost:${port}${path}`;
    const content = body === undefined ? {} : { body };
    try {
      const response = await world.request({ method, url, ...content, timeoutMs: ASK_LIMIT_MS }, service);
      return { kind: "answer", status: response.status, body: response.body };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { kind: error.failure === "refused" ? "nobody" : "silence", why: error.message };
    }
  };
}
