import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";

/** Who signs the certificates of one process. It is made anew at every start and kept nowhere. */
export interface Authority {
  /** Its certificate, for clients that are to trust it (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE). */
  readonly pem: string;
  issue(wanted: WantedCertificate): Promise<SecureContext>;
}

export interface WantedCertificate {
  /** Names and addresses that it is good for, the first as its common name. */
  readonly hosts: readonly [string, ...string[]];
  readonly expired?: boolean;
  /** Not signed by the authority. */
  readonly selfSigned?: boolean;
}

/** Whatever clock a client has, it lies in the first of these and behind the second. */
const VALID = { notBefore: new Date("2020-01-01"), notAfter: new Date("2049-12-31") };
const EXPIRED = { notBefore: new Date("2020-01-01"), notAfter: new Date("2020-02-01") };
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Loads its library late: most mocks speak in the clear. */
export async function createAuthority(): Promise<Authority> {
  // The library's own condition.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const generator = x509.X509CertificateGenerator;
  const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const keys = await newKeys();
  const usage = x509.KeyUsageFlags;
  const certificate = await generator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Firedrill mocks",
    ...VALID,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  let issued = 1;
  return {
    pem: certificate.toString("pem"),
    async issue({ hosts, expired = false, selfSigned = false }) {
      const own = await newKeys();
      const signer = selfSigned ? own : keys;
      const subject = `CN=${hosts[0]}`;
      const leaf = await generator.create({
        serialNumber: (++issued).toString(16).padStart(4, "0"),
        subject,
        issuer: selfSigned ? subject : certificate.subject,
        ...(expired ? EXPIRED : VALID),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey,
        signingKey: signer.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(usage.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value })),
          ),
          // Python from 3.13 on refuses certificates without the next two.
          await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
        ],
      });
      const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", own.privateKey));
      return createSecureContext({ key: pem("PRIVATE KEY", key), cert: leaf.toString("pem") });
    },
  };
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString("base64")}\n-----END ${label}-----\n`;
}
