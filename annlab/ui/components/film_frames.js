// Frames of a film on a canvas. Needs arrays.js, drawing.js, film_cells.js
// and film_targets.js.

const PAINTERS = {
  plane: paintPlane,
  curve: paintCurve,
  scatter: paintScatter,
  cells: paintCells,
  notice: paintNotice,
  plane_curve: paintPlaneCurve,
  labels: paintLabels,
};

// Paint frame k of a film; `to` converts positions in units of the data to pixels.
export function paint(context, film, k, to, width, height) {
  context.fillStyle = film.colors.paper;
  context.fillRect(0, 0, width, height);
  PAINTERS[film.kind](context, film, k, to, width, height);
}

function paintPlane(context, film, k, to, width, height) {
  const [, n_y, n_x] = film.shades.shape;
  const image = film.image ?? (film.image = new OffscreenCanvas(n_x, n_y));
  const pixels = film.pixels ?? (film.pixels = new ImageData(n_x, n_y));
  const colors = film.packed_colors ?? (film.packed_colors = packedColors(film.shade_colors));
  const words = new Uint32Array(pixels.data.buffer);
  const shades = film.shades;
  for (let row = 0; row < n_y; row++) {
    const from = (k * n_y + row) * n_x;
    const at = (n_y - 1 - row) * n_x; // the first row is the lowest
    for (let column = 0; column < n_x; column++) words[at + column] = colors[shades[from + column]];
  }
  image.getContext("2d").putImageData(pixels, 0, 0);
  // Grid positions are the middles of pixels.
  const half = [(film.x[1] - film.x[0]) / (n_x - 1) / 2, (film.y[1] - film.y[0]) / (n_y - 1) / 2];
  const [left, right] = [to.x(film.x[0] - half[0]), to.x(film.x[1] + half[0])];
  const [top, bottom] = [to.y(film.y[1] + half[1]), to.y(film.y[0] - half[1])];
  // Codes of classes have no values between them, but their colors do.
  context.imageSmoothingEnabled = true;
  context.drawImage(image, left, top, right - left, bottom - top);
  const x = (step) => to.x(dequantized(step, film.x));
  const y = (step) => to.y(dequantized(step, film.y));
  context.beginPath();
  for (let line = film.line_ends[k]; line < film.line_ends[k + 1]; line++) {
    const at = 4 * line;
    context.moveTo(x(film.lines[at]), y(film.lines[at + 1]));
    context.lineTo(x(film.lines[at + 2]), y(film.lines[at + 3]));
  }
  context.strokeStyle = film.colors.ink;
  context.lineWidth = 2;
  context.lineCap = "round";
  context.stroke();
  const n = film.classes.length;
  const places = Array.from({ length: 2 * n }, (_, i) => (i % 2 ? to.y : to.x)(film.points[i]));
  context.drawImage(samplesOf(film, places, width, height), 0, 0, width, height);
  context.lineWidth = 1.3;
  context.strokeStyle = film.mistake_color;
  for (let i = 0; i < n; i++) {
    if (!film.wrong[k * n + i]) continue;
    marker(context, "circle", places[2 * i], places[2 * i + 1], 4.5);
    context.stroke();
  }
}

// Picture of the samples, which are the same in every frame; made anew when the axes change.
function samplesOf(film, places, width, height) {
  const key = `${width} ${height} ${places[0]} ${places[1]} ${places.at(-2)} ${places.at(-1)}`;
  if (film.drawn?.key === key) return film.drawn.image;
  const scale = window.devicePixelRatio || 1;
  const image = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = image.getContext("2d");
  context.setTransform(image.width / width, 0, 0, image.height / height, 0, 0);
  context.lineWidth = 0.7;
  context.strokeStyle = film.colors.paper;
  film.classes.forEach((k, i) => {
    marker(context, film.class_symbols[k], places[2 * i], places[2 * i + 1], 3);
    context.fillStyle = film.class_colors[k];
    context.fill();
    context.stroke();
  });
  film.drawn = { key, image };
  return image;
}

function packedColors(rows) {
  const bytes = new Uint8ClampedArray(rows.flat());
  return new Uint32Array(bytes.buffer);
}

function paintCurve(context, film, k, to, width, height) {
  context.globalAlpha = 0.5;
  context.fillStyle = film.colors.faint;
  for (const [low, high] of film.without_data) {
    context.fillRect(to.x(low), 0, to.x(high) - to.x(low), height);
  }
  const [, n_rows, n] = film.curves.shape;
  const value = (row, i) => dequantized(film.curves[(k * n_rows + row) * n + i], film.y_span);
  const x = (i) => to.x(film.x[i]);
  if (n_rows === 3) {
    path(context, 2 * n, (i) => x(i < n ? i : 2 * n - 1 - i),
      (i) => to.y(i < n ? value(1, i) : value(2, 2 * n - 1 - i)));
    context.globalAlpha = 0.18;
    context.fillStyle = film.color;
    context.fill();
  }
  context.globalAlpha = 0.6;
  film.samples.forEach((samples, which) => {
    context.fillStyle = context.strokeStyle = film.colors.ink;
    context.lineWidth = 1;
    for (let i = 0; i < samples.length; i += 2) {
      marker(context, "circle", to.x(samples[i]), to.y(samples[i + 1]), 2.5);
      if (which) context.stroke();
      else context.fill();
    }
  });
  context.globalAlpha = 1;
  if (film.truth) {
    dashedPath(context, film.colors.ink, n, x, (i) => to.y(film.truth[i]));
  }
  context.lineWidth = 3;
  context.strokeStyle = film.color;
  path(context, n, x, (i) => to.y(value(0, i)));
  context.stroke();
}

function paintScatter(context, film, k, to) {
  const n = film.true.length;
  context.globalAlpha = 0.55;
  context.fillStyle = film.color;
  for (let i = 0; i < n; i++) {
    const predicted = dequantized(film.predicted[k * n + i], film.y_span);
    marker(context, "circle", to.x(film.true[i]), to.y(predicted), 2.5);
    context.fill();
  }
  context.globalAlpha = 1;
  dashedPath(context, film.colors.ink, 2, (i) => to.x(film.lim[i]), (i) => to.y(film.lim[i]));
}

function paintNotice(context, film, k, to, width, height) {
  context.fillStyle = film.colors.ink;
  context.font = '14px "Source Sans", sans-serif';
  context.textAlign = "center";
  film.lines.forEach((line, i) => {
    const y = height / 2 + 20 * (i - (film.lines.length - 1) / 2);
    context.fillText(line, width / 2, y, width);
  });
}
