import type { virtualWorld } from "./virtual-world.testkit.ts";

/** Faults by the control ports of a virtual world's mocks. */
export function mockFaults(world: Pick<ReturnType<typeof virtualWorld>, "send">, controlPort: number) {
  const send = (method: "PUT" | "DELETE", mock: string, kind: string, body = "") =>
    world.send({ method, url: `http://${mock}:${controlPort}/faults/${kind}`, body, timeoutMs: 1_000 }, true);
  return {
    /** `more`: `params`, `count`, `when` as the control port takes them. @throws what the mock says against it. */
    async fault(mock: string, kind: string, more: object = {}): Promise<void> {
      const { status, body } = await send("PUT", mock, kind, JSON.stringify({ kind, ...more }));
      if (status !== 200) throw new Error(body);
    },
    async heal(mock: string, kind: string): Promise<void> {
      await send("DELETE", mock, kind);
    },
  };
}
