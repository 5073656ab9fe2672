// A random key that this browser keeps, by which its data and runs are found again.

const NAME = "annlab-browser-key";
const KEY = /^[0-9a-f]{32}$/;

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Read again after writing: another tab may have written at the same time, or nothing is kept.
function keptKey() {
  try {
    if (!KEY.test(localStorage.getItem(NAME) ?? "")) localStorage.setItem(NAME, newKey());
    const key = localStorage.getItem(NAME) ?? "";
    return KEY.test(key) ? key : null;
  } catch {
    return null; // storage is blocked
  }
}

export default function ({ setStateValue }) {
  const key = keptKey();
  setStateValue("browser", [key ?? newKey(), key !== null]);
}
