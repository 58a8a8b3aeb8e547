import { createDecipheriv } from "node:crypto";

/** AES-CBC as chutes-api's aes_decrypt: key and IV in hex, the ciphertext in base64. Null: it can't be decrypted. */
export function opens(box: {
  readonly ciphertext: string;
  readonly iv: string;
  readonly key: string;
}): string | null {
  const key = Buffer.from(box.key, "hex");
  try {
    const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.from(box.iv, "hex"));
    return Buffer.concat([decipher.update(Buffer.from(box.ciphertext, "base64")), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    return null;
  }
}
