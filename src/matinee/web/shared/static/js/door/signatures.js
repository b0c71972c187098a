// Whether a code was signed by the house: Ed25519 of the browser, or where it has none, the vendored one.

import { decode } from "./base64url.js";
import { signedMessage } from "./codes.js";

export class Signatures {
  /** `keys`: key id -> public key in base64url. */
  constructor(keys = {}) {
    this.keys = new Map(Object.entries(keys));
    this.verifiers = new Map();
  }

  /** True or false; null where nothing can be said: there is no signature, or its key is not known here. */
  async isGenuine(code) {
    if (code.signature === null || !this.keys.has(code.keyId)) return null;
    const signature = decode(code.signature);
    if (signature === null) return false;
    if (!this.verifiers.has(code.keyId)) {
      this.verifiers.set(code.keyId, await verifierOf(decode(this.keys.get(code.keyId))));
    }
    return this.verifiers.get(code.keyId)(signature, signedMessage(code));
  }

  differFrom(keys) {
    return JSON.stringify([...this.keys]) !== JSON.stringify(Object.entries(keys));
  }

  /** Makes ready what the first code would have to wait for. */
  async prepare() {
    for (const [keyId, key] of this.keys) {
      if (!this.verifiers.has(keyId)) this.verifiers.set(keyId, await verifierOf(decode(key)));
    }
  }
}

async function verifierOf(raw) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return (signature, message) => crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return vendoredVerifier(raw);
  }
}

/** For browsers without Ed25519 of their own (Chrome before 137, for one). */
export async function vendoredVerifier(raw) {
  const { verifyAsync } = await import("../../vendor/noble-ed25519/ed25519.js");
  return (signature, message) => verifyAsync(signature, message, raw, { zip215: false }).catch(() => false);
}
