/** A certificate for a moment, so that TLS can be measured without files. @module */

/** DER: tag, length, contents. */
function der(tag: number, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const contents = parts.flatMap((part) => [...part]);
  const { length } = contents;
  const lengths = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return new Uint8Array([tag, ...lengths, ...contents]);
}

const sequence = (...parts: (Uint8Array | number[])[]): Uint8Array => der(0x30, ...parts);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An integer that is not negative. */
function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const rest = bytes.subarray(first);
  return der(0x02, (rest[0] ?? 0) > 127 ? [0, ...rest] : rest);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** A self-signed certificate of P-256 for nobody in particular (RFC 5280 §4.1), with its key. */
export async function selfSigned(): Promise<{ cert: string; key: string }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const ecdsaWithSha256 = sequence([0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
  const name = sequence(der(0x31, sequence([0x06, 3, 0x55, 4, 3], der(0x0c, ascii("bench")))));
  const body = sequence(
    der(0xa0, [0x02, 1, 2]),
    [0x02, 1, 1],
    ecdsaWithSha256,
    name,
    sequence(der(0x17, ascii("200101000000Z")), der(0x17, ascii("491231235959Z"))),
    name,
    new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new Uint8Array(body)),
  );
  const signed = sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  return {
    cert: pem("CERTIFICATE", sequence(body, ecdsaWithSha256, der(0x03, [0], signed))),
    key: pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))),
  };
}
