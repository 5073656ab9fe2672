// Arrays that the server has packed, and epochs of frames.

// Value at a step of uint16 from the lowest to the highest value of a span.
export const dequantized = (step, [low, high]) => low + ((high - low) * step) / 65535;

const TYPES = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

export async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const array = new TYPES[packed.type](await new Response(stream).arrayBuffer());
  return Object.assign(array, { shape: packed.shape });
}

const isPacked = (value) => value && typeof value === "object" && "data" in value && "type" in value;

// Unpack all arrays of a film, wherever they stand.
export async function unpackAll(value) {
  if (isPacked(value)) return unpack(value);
  if (Array.isArray(value)) return Promise.all(value.map(unpackAll));
  if (!value || typeof value !== "object") return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await unpackAll(inner)]);
  return Object.fromEntries(await Promise.all(entries));
}

// Index of the last of some ascending epochs up to an epoch.
export function latest(epochs, epoch) {
  let found = 0;
  for (let k = 0; k < epochs.length && epochs[k] <= epoch; k++) found = k;
  return found;
}
