import { FiredrillError } from "../../harness/error.ts";

/** What `--set name=value` can change. */
export const S3_SETTINGS = {
  /**
   * Who may do what: `accessKey:secret:buckets` by comma; buckets by `+`, or `*` for all. A fourth part is the session
   * token that must come along. The default is the key of Amazon's documentation.
   */
  tenants: "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:*",
  /** Buckets that exist from the start, by comma, beside those that a tenant names. */
  buckets: "",
  /** Buckets that anybody may read, list and write without a signature, by comma. */
  anonymous: "",
  /** Where the buckets are. */
  region: "us-east-1",
  /** Domains of virtual-host style beside Amazon's, by comma: `bucket.localhost:8600`. */
  domains: "localhost,s3",
  /** As of a bucket: `ObjectWriter` takes canned ACLs, `BucketOwnerEnforced` refuses them, as new buckets do. */
  objectOwnership: "ObjectWriter",
  /** Bytes that all objects and parts may have together. */
  maxBytes: "536870912",
  /** Objects that all buckets may have together. */
  maxObjects: "100000",
} as const;

/** One pair of keys and what it opens. */
export interface Tenant {
  readonly accessKey: string;
  readonly secret: string;
  /** Null: these are no temporary credentials. */
  readonly token: string | null;
  readonly buckets: "all" | ReadonlySet<string>;
}

export interface S3Settings {
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly buckets: readonly string[];
  readonly anonymous: ReadonlySet<string>;
  readonly region: string;
  readonly domains: readonly string[];
  readonly acls: boolean;
  readonly maxBytes: number;
  readonly maxObjects: number;
}

/** @throws USAGE_FLAG */
export function parseS3Settings(given: Readonly<Record<string, string>>): S3Settings {
  const text = (name: keyof typeof S3_SETTINGS) => given[name] ?? S3_SETTINGS[name];
  const list = (name: keyof typeof S3_SETTINGS) => parts(text(name), ",");
  const tenants = list("tenants").map(parseTenant);
  const anonymous = list("anonymous");
  const named = tenants.flatMap(({ buckets }) => (buckets === "all" ? [] : [...buckets]));
  return {
    tenants: new Map(tenants.map((tenant) => [tenant.accessKey, tenant])),
    buckets: [...new Set([...list("buckets"), ...anonymous, ...named])],
    anonymous: new Set(anonymous),
    region: text("region"),
    domains: list("domains"),
    acls: oneOf("objectOwnership", text("objectOwnership")) === "ObjectWriter",
    maxBytes: count("maxBytes", text("maxBytes")),
    maxObjects: count("maxObjects", text("maxObjects")),
  };
}

const parts = (text: string, mark: string) => text.split(mark).filter((part) => part !== "");

function parseTenant(text: string): Tenant {
  const [accessKey = "", secret = "", buckets = "", token = null] = text.split(":");
  if (accessKey === "" || secret === "" || buckets === "")
    throw new FiredrillError("USAGE_FLAG", "a tenant can't be read", {
      received: text,
      expected: "accessKey:secret:bucket+bucket, or * for all buckets",
    });
  return { accessKey, secret, token, buckets: buckets === "*" ? "all" : new Set(parts(buckets, "+")) };
}

function oneOf(name: string, text: string): string {
  const known = ["ObjectWriter", "BucketOwnerEnforced"];
  if (known.includes(text)) return text;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} has no such value`, {
    received: text,
    expected: known.join(", "),
  });
}

function count(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} is no positive whole number`, {
    received: text,
  });
}
