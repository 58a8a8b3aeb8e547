import { fidelitySchema } from "../core/fidelity.ts";
import type { MockDefinition } from "../core/mock.ts";
import { answerLlm } from "./answer.ts";
import { LLM_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { createLlmService, keyOf } from "./service.ts";
import { LLM_SETTINGS } from "./settings.ts";

/** OpenAI, Anthropic, Ollama and vLLM behind one port. */
export const llmMock: MockDefinition = {
  name: "llm",
  summary: "OpenAI, Anthropic, Ollama and vLLM endpoints with an engine that feels load",
  fidelity: fidelitySchema.parse(fidelity),
  settings: LLM_SETTINGS,
  faults: LLM_FAULTS,
  controlPort: 8_499,
  build(world) {
    const service = createLlmService(world);
    return {
      listeners: [
        {
          kind: "http",
          name: "api",
          port: 8_400,
          hosts: ["api.openai.com", "api.anthropic.com", "localhost:11434", "127.0.0.1:11434"],
          journalHeaders: ["anthropic-version", "x-stainless-retry-count"],
          labels: (request) => ({ key: keyOf(request), route: request.path }),
          answer: (request, exchange) => answerLlm(service, request, exchange),
        },
      ],
      state: () => ({ engine: service.engine.state(), tokens: service.ledger.state() }),
      metrics: () => service.engine.metrics.families(),
    };
  },
};
