import { mockService } from "../../../core/mount/host.ts";
import { llmMock } from "../../../llm/llm.ts";
import { mockFaults } from "../../parts/mock-faults.testkit.ts";
import { virtualWorld } from "../../parts/virtual-world.testkit.ts";
import llmGateway from "./llm-gateway.ts";

export const GATEWAY = "http://llm-gateway:8090";

/** The gateway before two mock providers on virtual time, as fixtures/stacks/endpoints has it. */
export async function startGateway(env: Readonly<Record<string, string>> = {}) {
  const world = virtualWorld(1);
  world.start("llm-primary", mockService(llmMock), { MOCK_SEED: "1", MOCK_SETTINGS: "keys=sk-primary" });
  world.start("llm-fallback", mockService(llmMock), { MOCK_SEED: "2" });
  world.start("llm-gateway", llmGateway, {
    PRIMARY_URL: "http://llm-primary:8400",
    FALLBACK_URL: "http://llm-fallback:8400",
    ...env,
  });
  await world.time.advance(1_000);
  let asked = 0;
  return {
    ...world,
    ...mockFaults(world, 8_499),
    async chat(body: object = {}) {
      const answer = await world.ask("POST", `${GATEWAY}/v1/chat/completions`, {
        key: `k${asked++}`,
        prompt: `question ${asked}`,
        ...body,
      });
      return { status: answer.status, ...(answer.value as Record<string, unknown>) };
    },
    /** Asks so many questions, one each `everyMs`, and does not wait for the answers. */
    async load(count: number, everyMs: number, body: object = {}): Promise<void> {
      for (let at = 0; at < count; at++) {
        const question = { key: `load${asked++}`, prompt: `load ${asked}`, ...body };
        const url = `${GATEWAY}/v1/chat/completions`;
        world
          .send({ method: "POST", url, body: JSON.stringify(question), timeoutMs: 10_000 }, false)
          .catch(() => {});
        await world.time.advance(everyMs);
      }
    },
    async status() {
      return (await world.ask("GET", `${GATEWAY}/status`)).value as Record<string, unknown>;
    },
    prefer: (provider: string) => world.ask("POST", `${GATEWAY}/prefer`, { provider }),
    async requestsTo(mock: "llm-primary" | "llm-fallback"): Promise<number> {
      const { value } = await world.ask("GET", `http://${mock}:8499/state`);
      return Number((value as Record<string, unknown>)["requests"]);
    },
  };
}
