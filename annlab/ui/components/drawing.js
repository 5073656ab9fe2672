// Plotly's markers and lines on a canvas; elements and texts of the page.

// Corners of Plotly's marker symbols for radius 1.
const SYMBOLS = {
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  "triangle-up": [[-1.155, 0.5], [1.155, 0.5], [0, -1]],
  "triangle-down": [[-1.155, -0.5], [1.155, -0.5], [0, 1]],
  cross: plus(0.4, 1.2),
  x: plus(0.4, 1.2).map(([x, y]) => [0.707 * (x - y), 0.707 * (x + y)]),
  star: regular(10, (k) => (k % 2 ? 0.535 : 1.4)),
  hexagon: regular(6, () => 1),
  pentagon: regular(5, () => 1),
};

function plus(inner, outer) {
  const corner = [[inner, -outer], [inner, -inner], [outer, -inner]];
  const turn = ([x, y], n) => (n ? turn([-y, x], n - 1) : [x, y]);
  return [0, 1, 2, 3].flatMap((n) => corner.map((at) => turn(at, n)));
}

function regular(n, radius) {
  return Array.from({ length: n }, (_, k) => {
    const angle = (2 * Math.PI * k) / n - Math.PI / 2;
    return [radius(k) * Math.cos(angle), radius(k) * Math.sin(angle)];
  });
}

export function marker(context, symbol, x, y, radius) {
  context.beginPath();
  const corners = SYMBOLS[symbol];
  if (!corners) context.arc(x, y, radius, 0, 2 * Math.PI);
  else corners.forEach(([dx, dy]) => context.lineTo(x + radius * dx, y + radius * dy));
  context.closePath();
}

export function path(context, n, x, y) {
  context.beginPath();
  for (let k = 0; k < n; k++) context.lineTo(x(k), y(k));
}

// A dashed line, as Plotly draws the truth beside a fit.
export function dashedPath(context, color, n, x, y) {
  context.setLineDash([9, 9]);
  context.lineWidth = 1.5;
  context.strokeStyle = color;
  path(context, n, x, y);
  context.stroke();
  context.setLineDash([]);
}

// An SVG path between two points: straight, or bent so that its middle reaches a height.
export function linePath([x0, y0], [x1, y1], middle = null) {
  if (middle === null) return `M ${x0} ${y0} L ${x1} ${y1}`;
  const y = (middle - (y0 + y1) / 8) / 0.75; // of both control points of the Bézier curve
  const quarter = (x1 - x0) / 4;
  return `M ${x0} ${y0} C ${x0 + quarter} ${y}, ${x1 - quarter} ${y}, ${x1} ${y1}`;
}

// Change a text without changing the elements, which would make the browser match styles anew.
export function setText(element, text) {
  const node = element.firstChild;
  if (node?.nodeType === Node.TEXT_NODE) {
    if (node.data !== text) node.data = text;
  } else element.textContent = text;
}

// An element with attributes ("text" is its text) and children.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// A number for people: three digits, without exponents where they can be avoided.
export const shown = (value) => {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : size >= 1e-3 ? 4 : null;
  const text = digits === null ? size.toExponential(1) : size.toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
};

// A number beside others: all with as many decimals as the smallest needs, at most six.
export function shownAlike(value, others) {
  const sizes = others.map(Math.abs).filter((size) => size > 0 && Number.isFinite(size));
  if (!Number.isFinite(value) || !sizes.length) return shown(value);
  const size = Math.abs(value);
  if ((size > 0 && size < 1e-6) || size >= 100) return shown(value);
  const digits = Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(Math.min(...sizes)))));
  const text = size.toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A canvas of a size in CSS pixels; without a label it is hidden from screen readers.
export function canvasOf(width, height, label) {
  const scale = window.devicePixelRatio || 1;
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.style.cssText = `width:${width}px;height:${height}px`;
  if (label) canvas.setAttribute("aria-label", label), canvas.setAttribute("role", "img");
  else canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
  return canvas;
}

export function ring(context, x, y, radius, color) {
  context.lineWidth = 1.6;
  context.strokeStyle = color;
  context.setLineDash([]);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
