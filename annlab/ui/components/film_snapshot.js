// The current frame of a film as a picture. Needs overlay.js.

// All charts of the film as one SVG, with what the film draws over them.
export function frameAsSvg(keys, title, paper) {
  const charts = keys.map(chartOf).filter(Boolean);
  const boxes = charts.map((chart) => chart.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top)) - 24;
  const width = Math.max(...boxes.map((box) => box.right)) - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) - top;
  const parts = [];
  for (const chart of charts) {
    const layers = [...chart.querySelectorAll("svg.main-svg")];
    const host = chart.closest("[class*=st-key-]");
    for (const layer of layers) parts.push(placed(layer, left, top));
    for (const canvas of host?.querySelectorAll("canvas.annlab-film") ?? []) {
      if (canvas.style.visibility !== "hidden") parts.push(imageOf(canvas, left, top));
    }
  }
  const text = `<text x="4" y="16" font-size="14">${escaped(title)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="sans-serif"><rect width="100%" height="100%" fill="${paper}"/>` +
    `${text}${parts.join("")}</svg>`
  );
}

function placed(layer, left, top) {
  const box = layer.getBoundingClientRect();
  const copy = layer.cloneNode(true);
  copy.setAttribute("x", box.left - left);
  copy.setAttribute("y", box.top - top);
  copy.style.background = "none";
  return new XMLSerializer().serializeToString(copy);
}

function imageOf(canvas, left, top) {
  const box = canvas.getBoundingClientRect();
  return (
    `<image x="${box.left - left}" y="${box.top - top}" width="${box.width}" ` +
    `height="${box.height}" href="${canvas.toDataURL()}"/>`
  );
}

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

async function svgAsPng(svg) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  const scale = 2;
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
