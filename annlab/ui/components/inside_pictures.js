// Pictures of single units: maps, curves, weights, distributions. Needs drawing.js, contours.js
// and inside_model.js.

const BINS = 24;
const DOTS = 150;
const PALE = 0.72;

// 256 colors from negative over the page to positive, pale enough for samples of the same colors.
function shades(look) {
  const bytes = new Uint8ClampedArray(1024);
  for (let k = 0; k < 256; k++) {
    const share = 0.5 + PALE * (k / 255 - 0.5);
    const [r, g, b] = mixed(look, share).match(/\d+/g).map(Number);
    bytes.set([r, g, b, 255], 4 * k);
  }
  return new Uint32Array(bytes.buffer);
}

function strokeContour(context, values, size, level, width) {
  context.beginPath();
  for (const [x0, y0, x1, y1] of contour(values, size, level)) {
    context.moveTo(x0 * width, y0 * width);
    context.lineTo(x1 * width, y1 * width);
  }
  context.stroke();
}

export class UnitPictures {
  constructor(model) {
    this.model = model;
    this.shade = shades(model.look);
    this.sample = null;
  }

  // Picture of a unit: a map, a curve, its weights, or the distribution of its activations.
  paint(context, l, unit, size, grid, large) {
    const { model } = this;
    context.clearRect(0, 0, size, size);
    if (model.y) this.paintMap(context, l, unit, size, grid, large);
    else if (model.x) this.paintCurve(context, l, unit, size, grid);
    else if (l === 0) this.paintWeights(context, unit, size);
    else if (l > 0) this.paintDistribution(context, l, unit, size, size);
  }

  valuesOver(l, unit, grid, layers) {
    const { model } = this;
    if (l < 0) {
      const inputs = model.inputsOf(model.grid(grid));
      const n = model.sizes[0];
      return Float64Array.from({ length: inputs.length / n }, (_, k) => inputs[k * n + unit]);
    }
    const { a } = model.surface(grid, layers)[l];
    const n = model.sizes[l + 1];
    return Float64Array.from({ length: a.length / n }, (_, k) => a[k * n + unit]);
  }

  range(l, unit) {
    const { model } = this;
    return l >= 0 ? model.colorRange(l, unit) : model.inputRange(unit);
  }

  // What is 0 on the boundary of a unit: its sum; of one of several classes, its lead.
  sides(l, unit, grid, layers) {
    const { model } = this;
    const { z } = model.surface(grid, layers)[l];
    const n = model.sizes[l + 1];
    const isClass = l === model.hidden && model.output_activation === "softmax";
    return Float64Array.from({ length: z.length / n }, (_, k) => {
      const row = z.subarray(k * n, (k + 1) * n);
      if (!isClass) return row[unit];
      return row[unit] - row.reduce((most, value, j) => (j === unit ? most : Math.max(most, value)), -Infinity);
    });
  }

  paintMap(context, l, unit, size, grid, large) {
    const values = this.valuesOver(l, unit, grid);
    const [middle, half] = this.range(l, unit);
    const image = new OffscreenCanvas(grid, grid);
    const pixels = new ImageData(grid, grid);
    const words = new Uint32Array(pixels.data.buffer);
    values.forEach((value, k) => {
      const share = (value - middle) / half / 2 + 0.5;
      words[k] = this.shade[Math.round(255 * Math.min(1, Math.max(0, share)))];
    });
    image.getContext("2d").putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(image, 0, 0, size, size);
    const target = this.model.targetOf(l, unit);
    this.paintSamples(context, size, large ? this.model.samples.n : DOTS, large ? 2.8 : 1.1, target);
    if (l < 0) return;
    context.strokeStyle = this.model.look.ink;
    context.lineWidth = large ? 1.8 : 1.2;
    const isOutput = l === this.model.hidden;
    if (isOutput && this.model.kind === "values") return; // it has no boundary
    const isChanged = this.model.changes.size && isOutput;
    if (isChanged) { // the student's boundary is thick and in the color of the model
      context.strokeStyle = this.model.color;
      context.lineWidth = large ? 3 : 2;
    }
    if (large || isOutput) strokeContour(context, this.sides(l, unit, grid), grid, 0, size);
    if (isChanged) { // beside the boundary as it was trained
      context.strokeStyle = this.model.look.ink;
      context.lineWidth = 1;
      strokeContour(context, this.sides(l, unit, grid, this.model.trained), grid, 0, size);
    }
  }

  paintSamples(context, size, at_most, radius, target) {
    const { model } = this;
    const { X, n } = model.samples;
    const place = (i) => [
      (size * (X[2 * i] - model.x[0])) / (model.x[1] - model.x[0]),
      size - (size * (X[2 * i + 1] - model.y[0])) / (model.y[1] - model.y[0]),
    ];
    const step = Math.max(1, Math.ceil(n / at_most));
    for (let i = 0; i < n; i += step) {
      context.fillStyle = model.sampleColor(i, target);
      context.beginPath();
      context.arc(...place(i), radius, 0, 2 * Math.PI);
      context.fill();
      if (radius < 2) continue;
      context.lineWidth = 0.8;
      context.strokeStyle = model.look.paper;
      context.stroke();
    }
    if (this.sample !== null && this.sample < n) ring(context, ...place(this.sample), radius + 3, model.look.ink);
  }

  paintCurve(context, l, unit, size, grid) {
    const { model } = this;
    const fine = 4 * grid;
    const values = this.valuesOver(l, unit, fine);
    const [middle, half] = this.range(l, unit);
    const to = (value) => size * (0.5 - 0.45 * ((value - middle) / half));
    context.lineWidth = 1;
    context.strokeStyle = model.look.faint;
    path(context, 2, (k) => k * size, () => to(0));
    context.stroke();
    context.lineWidth = 2;
    context.strokeStyle = model.color;
    path(context, fine, (k) => (size * k) / (fine - 1), (k) => to(values[k]));
    context.stroke();
    if (model.changes.size && l === model.hidden) {
      const trained = this.valuesOver(l, unit, fine, model.trained);
      context.setLineDash([4, 3]);
      context.strokeStyle = model.look.ink;
      context.lineWidth = 1.2;
      path(context, fine, (k) => (size * k) / (fine - 1), (k) => to(trained[k]));
      context.stroke();
      context.setLineDash([]);
    }
    if (this.sample === null) return;
    const x = (size * (model.samples.X[this.sample] - model.x[0])) / (model.x[1] - model.x[0]);
    const a = l < 0 ? model.inputsOf(model.samples.X) : model.sampled[l].a;
    ring(context, x, to(a[this.sample * model.sizes[l + 1] + unit]), 4, model.look.ink);
  }

  // Weights of a unit of the first layer: an image, or a bar for each feature, the first on top.
  paintWeights(context, unit, size) {
    const { model } = this;
    const { W, n_in, n_out } = model.layers[0];
    if (model.image_shape) return this.paintImage(context, (i) => W[i * n_out + unit], size);
    const bar = size / n_in;
    for (let i = 0; i < n_in; i++) {
      const w = W[i * n_out + unit];
      const length = (Math.abs(w) / model.largestWeight) * (size / 2);
      context.fillStyle = w < 0 ? model.look.negative : model.look.positive;
      context.fillRect(w < 0 ? size / 2 - length : size / 2, i * bar, length, Math.max(0.6, bar - 0.5));
    }
  }

  paintImage(context, weight, size) {
    const [height, width] = this.model.image_shape;
    const image = new OffscreenCanvas(width, height);
    const pixels = new ImageData(width, height);
    const words = new Uint32Array(pixels.data.buffer);
    for (let i = 0; i < words.length; i++) {
      const share = Math.min(1, Math.max(-1, weight(i) / this.model.largestWeight));
      words[i] = this.shade[Math.round(127.5 + 127.5 * share)];
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, size, size);
    return null;
  }

  // Stacked histogram of the activations of the samples, by class, or by yes and no of a label.
  paintDistribution(context, l, unit, width, height) {
    const { model } = this;
    const { a } = model.sampled[l];
    const [n, n_units] = [model.samples.n, model.sizes[l + 1]];
    const [middle, half] = this.range(l, unit);
    const { classes, n_targets = 1 } = model.samples;
    const target = model.targetOf(l, unit);
    const kinds = model.samples.colors ?? [model.color];
    const counts = kinds.map(() => new Array(BINS).fill(0));
    for (let i = 0; i < n; i++) {
      const share = (a[i * n_units + unit] - middle) / half / 2 + 0.5;
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(share * BINS)));
      counts[classes ? classes[n_targets * i + target] : 0][bin] += 1;
    }
    const most = Math.max(...counts[0].map((_, bin) => counts.reduce((sum, of) => sum + of[bin], 0)), 1);
    for (let bin = 0; bin < BINS; bin++) {
      let from = height;
      kinds.forEach((color, kind) => {
        const size = (counts[kind][bin] / most) * height;
        context.fillStyle = color;
        context.fillRect((bin * width) / BINS, from - size, width / BINS - 0.5, size);
        from -= size;
      });
    }
  }
}
