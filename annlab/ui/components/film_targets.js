// Frames of films of networks with several targets. Needs arrays.js and drawing.js.

// Nearest texts of two ticks, in pixels.
const TEXTS_APART = 22;

// The curve that two numbers draw in the plane, with ticks of the feature, over the samples.
function paintPlaneCurve(context, film, k, to) {
  const [, n_networks, n] = film.curves.shape;
  const scales = [to.x, to.y];
  const place = (network, i, axis) => {
    const step = film.curves[2 * ((k * n_networks + network) * n + i) + axis];
    return scales[axis](dequantized(step, film.spans[axis]));
  };
  const trace = (network) => {
    path(context, n, (i) => place(network, i, 0), (i) => place(network, i, 1));
    context.stroke();
  };
  context.strokeStyle = film.color;
  context.lineWidth = 1;
  context.globalAlpha = 0.35;
  for (let network = 1; network < n_networks; network++) trace(network);
  context.globalAlpha = 0.75;
  film.samples.forEach((samples, which) => {
    for (let i = 0; i < samples.length / 2; i++) {
      const [red, green, blue] = film.along_colors[film.samples_along[which][i]];
      context.fillStyle = context.strokeStyle = `rgb(${red}, ${green}, ${blue})`;
      marker(context, "circle", to.x(samples[2 * i]), to.y(samples[2 * i + 1]), 3);
      if (which) context.stroke();
      else context.fill();
    }
  });
  context.globalAlpha = 1;
  if (film.truth) {
    const [x, y] = [(i) => to.x(film.truth[2 * i]), (i) => to.y(film.truth[2 * i + 1])];
    dashedPath(context, film.colors.ink, n, x, y);
  }
  context.lineWidth = 3;
  context.strokeStyle = context.fillStyle = film.color;
  trace(0);
  context.strokeStyle = film.colors.paper;
  context.font = '700 13px "Source Sans", sans-serif';
  const written = [];
  for (const [i, text] of film.ticks) {
    const [x, y] = [place(0, i, 0), place(0, i, 1)];
    marker(context, "diamond", x, y, 4);
    context.fill();
    if (written.some((at) => Math.hypot(at[0] - x, at[1] - y) < TEXTS_APART)) continue;
    written.push([x, y]);
    context.strokeText(text, x + 6, y - 5);
    context.fillText(text, x + 6, y - 5);
  }
}

// Regions of several labels, their lines at one half, and samples with a mark for each label.
function paintLabels(context, film, k, to, width, height) {
  const [, n_labels, n_y, n_x] = film.shades.shape;
  const half = [(film.x[1] - film.x[0]) / (n_x - 1) / 2, (film.y[1] - film.y[0]) / (n_y - 1) / 2];
  const [left, right] = [to.x(film.x[0] - half[0]), to.x(film.x[1] + half[0])];
  const [top, bottom] = [to.y(film.y[1] + half[1]), to.y(film.y[0] - half[1])];
  const image = film.image ?? (film.image = new OffscreenCanvas(n_x, n_y));
  const pixels = film.pixels ?? (film.pixels = new ImageData(n_x, n_y));
  const words = new Uint32Array(pixels.data.buffer);
  film.packed ??= film.shade_colors.map(
    (rows) => new Uint32Array(new Uint8ClampedArray(rows.flat()).buffer));
  for (let label = 0; label < n_labels; label++) {
    const colors = film.packed[label];
    for (let row = 0; row < n_y; row++) {
      const from = ((k * n_labels + label) * n_y + row) * n_x;
      const at = (n_y - 1 - row) * n_x; // the first row is the lowest
      for (let column = 0; column < n_x; column++) {
        words[at + column] = colors[film.shades[from + column]];
      }
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    context.drawImage(image, left, top, right - left, bottom - top);
  }
  const x = (step) => to.x(dequantized(step, film.x));
  const y = (step) => to.y(dequantized(step, film.y));
  context.lineWidth = film.line_width;
  for (let label = 0; label < n_labels; label++) {
    const frame = k * n_labels + label;
    context.strokeStyle = film.label_colors[label];
    context.setLineDash(film.label_dashes[label]);
    for (const line of joined(film.lines, film.line_ends[frame], film.line_ends[frame + 1])) {
      path(context, line.length, (i) => x(line[i][0]), (i) => y(line[i][1]));
      context.stroke();
    }
  }
  context.setLineDash([]);
  const n = film.points.length / 2;
  for (let i = 0; i < n; i++) {
    const [px, py] = [to.x(film.points[2 * i]), to.y(film.points[2 * i + 1])];
    context.fillStyle = film.colors.ink;
    marker(context, "circle", px, py, 1.5);
    context.fill();
    for (let label = 0; label < n_labels; label++) {
      if (!film.labels[i * n_labels + label]) continue;
      context.fillStyle = context.strokeStyle = film.label_colors[label];
      marker(context, film.label_symbols[label], px, py, film.label_sizes[label] / 2);
      context.lineWidth = label ? film.mark_width : 1;
      if (!label) {
        context.fill();
        context.strokeStyle = film.colors.paper;
      }
      context.stroke();
    }
    if (!film.wrong[k * n + i]) continue;
    context.lineWidth = film.ring_width;
    context.strokeStyle = film.mistake_color;
    marker(context, "circle", px, py, film.ring_size / 2);
    context.stroke();
  }
}

// Lines made of the segments from one to another index that share their ends, so that dashes run
// on from segment to segment.
function joined(segments, from, to) {
  const ends = new Map(); // segments by their ends
  const key = (at) => `${segments[at]},${segments[at + 1]}`;
  for (let k = from; k < to; k++) {
    for (const at of [4 * k, 4 * k + 2]) {
      if (!ends.has(key(at))) ends.set(key(at), []);
      ends.get(key(at)).push(k);
    }
  }
  const used = new Set();
  const follow = (start, at) => {
    const line = [];
    for (let k = start; k !== undefined;) {
      used.add(k);
      const other = at === 4 * k ? 4 * k + 2 : 4 * k;
      line.push([segments[other], segments[other + 1]]);
      const next = ends.get(key(other)).find((segment) => !used.has(segment));
      if (next !== undefined) at = key(4 * next) === key(other) ? 4 * next : 4 * next + 2;
      k = next;
    }
    return line;
  };
  const lines = [];
  for (let k = from; k < to; k++) {
    if (used.has(k)) continue;
    const first = [segments[4 * k], segments[4 * k + 1]];
    const forward = follow(k, 4 * k);
    const before = ends.get(key(4 * k)).find((segment) => !used.has(segment));
    const backward =
      before === undefined ? [] : follow(before, key(4 * before) === key(4 * k) ? 4 * before : 4 * before + 2);
    lines.push([...backward.reverse(), first, ...forward]);
  }
  return lines;
}
