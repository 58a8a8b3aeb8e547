import type { MockExchange } from "../../core/http.ts";
import type { FaultHit } from "../../core/mock.ts";
import type { Validator } from "../validator.ts";

/** Waits as long as `attest.slow` says, then tells whether `attest.down` hits this request. */
export async function disturbed({ world }: Validator, exchange: MockExchange): Promise<FaultHit | null> {
  const slow = exchange.fault("attest.slow");
  if (slow !== null) await world.clock.sleep(Number(slow.params["ms"]), exchange.signal);
  return exchange.fault("attest.down");
}
