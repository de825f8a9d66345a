/** Reading and writing big-endian fields with bounds. @module */
import { WireError } from "./errors.ts";

/** A byte array over a plain `ArrayBuffer`, which is what sockets take. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of `text`. */
export function textBytes(text: string): Bytes {
  return encoder.encode(text);
}

/** Four bytes at `at`, which must be there. A `DataView` for each frame would cost more. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) * 0x1000000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
}

/**
 * Reads fields one after the other; throws {@linkcode WireError} `malformed` where the bytes end too early.
 * Byte fields are views of the given array, not copies.
 */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** Reads from the beginning of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  #advance(length: number): number {
    if (length > this.left) throw new WireError("malformed", "Cannot read a frame: it ends too early");
    const at = this.#at;
    this.#at += length;
    return at;
  }

  /** One byte. */
  u8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  /** Two bytes. */
  u16(): number {
    const at = this.#advance(2);
    return (this.#bytes[at] as number) << 8 | (this.#bytes[at + 1] as number);
  }

  /** Four bytes. */
  u32(): number {
    return readU32(this.#bytes, this.#advance(4));
  }

  /** Eight bytes, up to 2^53-1. */
  u64(): number {
    const at = this.#advance(8);
    const high = readU32(this.#bytes, at);
    if (high > 0x1fffff) throw new WireError("malformed", "Cannot read a frame: a number is over 2^53-1");
    return high * 0x1_0000_0000 + readU32(this.#bytes, at + 4);
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  /** A 16-bit length, `most` at most, and that many bytes. */
  short(most = 0xffff): Uint8Array {
    const length = this.u16();
    if (length > most) throw new WireError("malformed", "Cannot read a frame: a field is too long");
    return this.bytes(length);
  }

  /** A 16-bit length, `most` at most, and that much strict UTF-8. */
  text(most = 0xffff): string {
    const bytes = this.short(most);
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new WireError("malformed", "Cannot read a frame: a text is not UTF-8", { cause });
    }
  }

  /** Refuses anything that is left. */
  end(): void {
    if (this.left !== 0) throw new WireError("malformed", "Cannot read a frame: bytes follow its end");
  }
}

/** Writes fields into an array of known length; throws `RangeError` on values that do not fit (a bug of ours). */
export class FieldWriter {
  readonly #bytes: Bytes;
  readonly #view: DataView;
  #at = 0;

  /** Writes a frame of `length` bytes. */
  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }

  #checked(value: number, max: number): number {
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw new RangeError(`Cannot write a frame: a field must be a whole number from 0 to ${max}`);
    }
    return value;
  }

  /** One byte. */
  u8(value: number): this {
    this.#view.setUint8(this.#at, this.#checked(value, 0xff));
    this.#at += 1;
    return this;
  }

  /** Two bytes. */
  u16(value: number): this {
    this.#view.setUint16(this.#at, this.#checked(value, 0xffff));
    this.#at += 2;
    return this;
  }

  /** Four bytes. */
  u32(value: number): this {
    this.#view.setUint32(this.#at, this.#checked(value, 0xffffffff));
    this.#at += 4;
    return this;
  }

  /** Eight bytes, up to 2^53-1. */
  u64(value: number): this {
    this.#checked(value, Number.MAX_SAFE_INTEGER);
    this.#view.setUint32(this.#at, Math.floor(value / 0x1_0000_0000));
    this.#view.setUint32(this.#at + 4, value % 0x1_0000_0000);
    this.#at += 8;
    return this;
  }

  /** The bytes as they are, which must be `length` long where a length is given. */
  bytes(bytes: Uint8Array, length: number = bytes.length): this {
    if (bytes.length !== length) {
      throw new RangeError(`Cannot write a frame: a field must have ${length} bytes`);
    }
    this.#bytes.set(bytes, this.#at);
    this.#at += length;
    return this;
  }

  /** The finished frame. */
  done(): Bytes {
    if (this.#at !== this.#bytes.length) {
      throw new RangeError("Cannot write a frame: its length was counted wrongly");
    }
    return this.#bytes;
  }
}
