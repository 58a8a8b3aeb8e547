import type { MockExchange } from "../../core/http.ts";
import { S3Error } from "../error.ts";
import type { S3Service } from "../service.ts";
import type { Tenant } from "../settings.ts";
import { parseAmzDate } from "../text.ts";
import type { Scope } from "./scope.ts";

/** "The request must be within 15 minutes of the server's time", S3's documentation of RequestTimeTooSkewed. */
export const MAX_SKEW_MS = 900_000;

/** The server's time as signatures and policies feel it. */
export function serverMs({ world }: S3Service, skewMs: number): number {
  return world.clock.wallMs() + skewMs;
}

/**
 * The tenant behind a key, as the faults of credentials leave it.
 * @throws InvalidAccessKeyId, ExpiredToken, InvalidToken
 */
export function tenantOf(
  service: S3Service,
  exchange: MockExchange,
  { accessKey }: Scope,
  token: string | null,
): Tenant {
  const tenant = service.settings.tenants.get(accessKey);
  const rotated = exchange.fault("creds.rotated");
  if (tenant === undefined || rotated?.params["what"] === "key")
    throw new S3Error("InvalidAccessKeyId", { fields: { AWSAccessKeyId: accessKey } });
  if (exchange.fault("creds.expired") !== null)
    throw new S3Error("ExpiredToken", { fields: { "Token-0": token ?? "" } });
  if (tenant.token !== token) throw new S3Error("InvalidToken", { fields: { "Token-0": token ?? "" } });
  return rotated === null ? tenant : { ...tenant, secret: `${tenant.secret}, replaced` };
}

/** Checks the scope's day and region. @throws AuthorizationHeaderMalformed, AuthorizationQueryParametersError */
export function checkScope(
  scope: Scope,
  amzDate: string,
  region: string | null,
  code: "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError",
): void {
  const words = code === "AuthorizationHeaderMalformed" ? "The authorization header is malformed; " : "";
  if (!amzDate.startsWith(scope.day) || Number.isNaN(parseAmzDate(amzDate)))
    throw new S3Error(code, {
      message: `${words}Invalid credential date "${scope.day}". This date is not the same as X-Amz-Date: "${amzDate.slice(0, 8)}".`,
    });
  if (region !== null && scope.region !== region)
    throw new S3Error(code, {
      message: `${words}the region '${scope.region}' is wrong; expecting '${region}'`,
      fields: { Region: region },
    });
}
