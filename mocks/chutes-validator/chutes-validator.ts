import { fidelitySchema } from "../core/fidelity.ts";
import type { HttpListener, MockExchange, MockRequest, MockResponse } from "../core/http.ts";
import type { MockDefinition } from "../core/mock.ts";
import { act } from "./act.ts";
import { answerApi } from "./api/answer.ts";
import { HEADERS } from "./auth/signed.ts";
import { VALIDATOR_FAULTS } from "./faults.ts";
import fidelity from "./fidelity.json" with { type: "json" };
import { answerGraval } from "./graval/service.ts";
import { validatorMetrics } from "./metrics.ts";
import { VALIDATOR_SETTINGS } from "./settings.ts";
import { validatorState } from "./state/show.ts";
import { createValidator } from "./validator.ts";
import type { Validator } from "./validator.ts";
import { answerAttestation } from "./worker/attestation.ts";
import { answerManager } from "./worker/manager.ts";

/** The validator of chutes (subnet 64) with its broadcast channel, and one worker to attest. */
export const chutesValidatorMock: MockDefinition = {
  name: "chutes-validator",
  summary: "the chutes validator's signed API and broadcast channel, and a worker's attestation",
  fidelity: fidelitySchema.parse(fidelity),
  settings: VALIDATOR_SETTINGS,
  faults: VALIDATOR_FAULTS,
  controlPort: 8_469,
  build(world) {
    const validator = createValidator(world);
    const listen = (
      name: string,
      port: number,
      hosts: readonly string[],
      answer: (validator: Validator, request: MockRequest, exchange: MockExchange) => Promise<MockResponse>,
    ): HttpListener => ({
      kind: "http",
      name,
      port,
      hosts,
      journalHeaders: [],
      labels: (request) => ({
        listener: name,
        key: request.headers[HEADERS.hotkey] ?? "",
        route: request.path,
      }),
      answer: (request, exchange) => answer(validator, request, exchange),
    });
    const api: HttpListener = {
      ...listen("api", 8_460, ["api.chutes.ai", "ws.chutes.ai"], answerApi),
      webSocket: validator.channel.webSocket,
    };
    const attestation: HttpListener = {
      ...listen("attestation", 30_443, ["worker.chutes.test:30443"], answerAttestation),
      tls: {
        commonName: "worker.chutes.test",
        certificate: () => {
          const expired = world.faults.take("attest.expiredCert", { labels: { listener: "attestation" } });
          return expired === null ? "valid" : "expired";
        },
      },
    };
    const manager = listen("manager", 8_461, ["worker.chutes.test:8080"], answerManager);
    const graval = listen("graval", 8_462, ["worker.chutes.test:8000"], answerGraval);
    const tee = validator.settings.profile === "chutes-tee";
    if (!tee)
      world.note("graval", { warning: "this GraVal has the real one's shape and proves nothing about GPUs" });
    return {
      listeners: tee ? [api, attestation, manager] : [api, graval],
      state: () => validatorState(validator),
      metrics: () => validatorMetrics(validator),
      act: (input) => act(validator, input),
    };
  },
};
