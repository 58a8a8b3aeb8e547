import type { MockRequest } from "../../core/http.ts";
import { refuse } from "../failure.ts";

/**
 * The two API versions in use. From 2026-10-21 on (SDK 1.0.0 and later) nullable fields are always there and errors may
 * carry `details.error_code`; 2023-06-01 leaves both out.
 */
export type AnthropicVersion = "2023-06-01" | "2026-10-21";

/** @throws ApiError for a missing or unknown version. */
export function readVersion({ headers }: MockRequest): AnthropicVersion {
  const version = headers["anthropic-version"];
  if (version === "2023-06-01" || version === "2026-10-21") return version;
  return refuse("bad_request", {
    message:
      version === undefined
        ? "anthropic-version: header is required"
        : `anthropic-version: "${version}" is not a valid version`,
  });
}

export function isNullable(version: AnthropicVersion): boolean {
  return version === "2026-10-21";
}
