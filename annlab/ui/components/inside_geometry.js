// Lines and planes in the space of a layer, the motions of a layer, and its determinant.

const FLAT = 0.05; // determinant, as a share of that of a matrix with rows at right angles

// A fixed position from 0 to 1 for each sample, so that dots on one line do not hide each other.
export const jitter = (i) => (i * 0.6180339887) % 1;

function strokeLine(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

// Ends of the line w · p + b = 0 far beyond the ranges of two axes.
function lineAcross(w, b, ranges) {
  const length = w[0] ** 2 + w[1] ** 2 || 1;
  const middle = ranges.map(([low, high]) => (low + high) / 2);
  const off = (w[0] * middle[0] + w[1] * middle[1] + b) / length;
  const foot = [middle[0] - off * w[0], middle[1] - off * w[1]];
  const reach = 2 * Math.max(...ranges.map(([low, high]) => high - low)) / Math.sqrt(length);
  return [-1, 1].map((side) => [foot[0] - side * reach * w[1], foot[1] + side * reach * w[0]]);
}

// The part of a plane inside the box of three ranges.
function paintPlane3(context, w, b, ranges, to) {
  const corners = [];
  for (let axis = 0; axis < 3; axis++) {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    for (const low of [0, 1]) {
      for (const high of [0, 1]) {
        const p = [0, 0, 0];
        [p[u], p[v]] = [ranges[u][low], ranges[v][high]];
        p[axis] = -(w[u] * p[u] + w[v] * p[v] + b) / w[axis];
        if (p[axis] >= ranges[axis][0] && p[axis] <= ranges[axis][1]) corners.push(to(p));
      }
    }
  }
  if (corners.length < 3) return;
  const center = [0, 1].map((k) => corners.reduce((sum, p) => sum + p[k], 0) / corners.length);
  corners.sort((p, q) => Math.atan2(p[1] - center[1], p[0] - center[0]) - Math.atan2(q[1] - center[1], q[0] - center[0]));
  context.beginPath();
  corners.forEach((p) => context.lineTo(...p));
  context.closePath();
  context.globalAlpha = 0.18;
  context.fillStyle = context.strokeStyle;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

// Axes of three units from the corner of their ranges.
function paintCorners(context, ranges, to, names, color) {
  const origin = ranges.map(([low]) => low);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 1;
  ranges.forEach(([, high], axis) => {
    const end = origin.map((value, k) => (k === axis ? high : value));
    strokeLine(context, to(origin), to(end));
    context.fillText(names[axis], ...to(end));
  });
}

// Positions at the stops of a layer's motions: what comes in, after W, after b, after f.
export function motionStops({ W, b, n_in, n_out }, A, n, { z, a }) {
  const start = new Float64Array(n * n_out);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < Math.min(n_in, n_out); i++) start[row * n_out + i] = A[row * n_in + i];
  }
  return [start, z.map((value, at) => value - b[at % n_out]), z, a];
}

function between(stops, time) {
  const k = Math.min(2, Math.floor(time));
  const share = time - k;
  return stops[k].map((value, at) => value + (stops[k + 1][at] - value) * share);
}

// What a square matrix does to areas or volumes.
export function volumeText({ W, n_in, n_out }) {
  if (n_in !== n_out || n_in < 2 || n_in > 8) return "";
  const value = determinant(W, n_in);
  const what = n_in === 2 ? "area" : "volume";
  const size = Math.abs(value);
  // The determinant of rows of these lengths at right angles.
  let largest = 1;
  for (let i = 0; i < n_in; i++) largest *= Math.hypot(...W.slice(i * n_in, (i + 1) * n_in));
  const meaning = size <= FLAT * largest ? `W almost flattens the ${n_in === 2 ? "plane" : "space"}`
    : `W makes every ${what} ${shown(size)} times as large${value < 0 ? ", and mirrors it" : ""}`;
  return `det W = ${shown(value)}: ${meaning}`;
}

export function determinant(W, n) {
  const rows = Array.from({ length: n }, (_, i) => Array.from(W.slice(i * n, (i + 1) * n)));
  let product = 1;
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i >= k && Math.abs(row[k]) > Math.abs(rows[best][k]) ? i : best), k);
    if (rows[pivot][k] === 0) return 0;
    if (pivot !== k) [rows[pivot], rows[k], product] = [rows[k], rows[pivot], -product];
    product *= rows[k][k];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j < n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return product;
}
