import type { MockResponse } from "../core/http.ts";
import type { Call } from "./service.ts";
import { xmlDocument } from "./xml.ts";

/**
 * Long operations send 200 before they know how they end, and the error in the body ("CopyObject", "If the error occurs
 * during the copy operation"); null: no fault.
 */
export function errorIn200({ exchange }: Call): MockResponse | null {
  if (exchange.fault("error.in200") === null) return null;
  const body = xmlDocument(
    "Error",
    { Code: "InternalError", Message: "We encountered an internal error. Please try again." },
    { plain: true },
  );
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}
