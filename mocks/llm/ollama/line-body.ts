import { Cut } from "../../core/http.ts";
import type { Call } from "../service.ts";

interface Line {
  readonly value: object;
  readonly tokens: number;
}

/** JSON lines, with the faults of streams that such lines can show. */
export async function* lineBody(
  { exchange, service }: Call,
  lines: AsyncIterable<Line>,
): AsyncGenerator<string, void> {
  const cut = exchange.fault("stream.cut");
  const stall = exchange.fault("stream.stall");
  const overload = exchange.fault("overload.inband");
  const malformed = exchange.fault("sse.malformed");
  let stalled = false;
  for await (const { value, tokens } of lines) {
    const reached = (fault: typeof cut) => fault !== null && tokens >= Number(fault.params["afterTokens"]);
    if (reached(stall) && !stalled) {
      stalled = true;
      const ms = stall?.params["ms"];
      await service.world.clock.sleep(typeof ms === "number" ? ms : Infinity, exchange.signal);
    }
    if (reached(cut)) {
      if (cut?.params["mode"] === "cleanEof") return;
      throw new Cut(cut?.params["mode"] === "fin" ? "fin" : "rst");
    }
    if (reached(overload)) return yield `${JSON.stringify({ error: "server busy, please try again" })}\n`;
    const text = JSON.stringify(value);
    yield reached(malformed) ? `${text.slice(0, text.length / 2)}\n` : `${text}\n`;
  }
}
